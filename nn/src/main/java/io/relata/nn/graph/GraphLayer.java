package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.nn.Layer;
import io.relata.nn.SparseFeatures;

/** What all layers on graphs share: checks whose messages name the layer. */
abstract class GraphLayer extends Layer {
  /** Refuses what is not a matrix of the given size. */
  final void requireRows(String what, Tensor x, long rows, long size) {
    if (x == null || x.shape().rank() != 2 || x.dim(0) != rows || x.dim(1) != size) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where(named() + ", " + what)
          .expected("shape (" + rows + ", " + size + ")")
          .found(x == null ? "nothing" : "shape " + x.shape())
          .build();
    }
  }

  /** Refuses sparse features that are not of the given size. */
  final void requireSparse(SparseFeatures x, long rows, long size) {
    if (x.rows() != rows || x.columns() != size) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where(named())
          .expected("features of shape (" + rows + ", " + size + ")")
          .found(x.toString())
          .build();
    }
  }

  /** The layer with its sizes. */
  final String named() {
    return getClass().getSimpleName() + "(" + describe() + ")";
  }
}
