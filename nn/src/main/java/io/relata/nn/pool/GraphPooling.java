package io.relata.nn.pool;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.nn.Layer;

/** A layer that makes one row for each graph of a batch from the rows of its nodes. */
public abstract class GraphPooling extends Layer {
  /**
   * Reads out each graph.
   *
   * @param graphs how many nodes each graph has, in the order of the rows
   * @param x features of all nodes, (N, D)
   * @return a row for each graph
   * @throws RelataException SHAPE where features do not fit
   */
  public abstract Tensor forward(Segments graphs, Tensor x);

  /** On one graph: x (N, D) gives one row. */
  public final Tensor forward(Tensor x) {
    return forward(Segments.of(x.relata(), Math.toIntExact(x.dim(0))), x);
  }

  /** Checks what a layer is given, so that the message names the layer. */
  final void requireRows(Segments graphs, Tensor x) {
    if (x.shape().rank() != 2 || x.dim(0) != graphs.numRows()) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where(getClass().getSimpleName() + "(" + describe() + ")")
          .expected("a matrix of " + graphs.numRows() + " rows, one for each node")
          .found("shape " + x.shape())
          .build();
    }
  }
}
