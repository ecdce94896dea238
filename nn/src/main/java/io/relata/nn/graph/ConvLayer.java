package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Layer;

/**
 * A layer that passes messages along the edges of one relation, from the features of its source
 * nodes to new features of its destination nodes.
 */
public abstract class ConvLayer extends Layer {
  /** On a graph whose sources and destinations are the same nodes: x (N, …). */
  public final Tensor forward(Adjacency g, Tensor x) {
    return forward(g, x, x, null);
  }

  /** From sources src (numSrc, …) to destinations dst (numDst, …). */
  public final Tensor forward(Adjacency g, Tensor src, Tensor dst) {
    return forward(g, src, dst, null);
  }

  /**
   * The same with a weight for every message.
   *
   * @param g the edges
   * @param src features of the source nodes, (numSrc, …)
   * @param dst features of the destination nodes, (numDst, …); layers that do not look at them say
   *     so, and take null
   * @param edgeWeight (E,) or (E, 1), or null for none
   * @return new features of the destination nodes, (numDst, …)
   */
  public abstract Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight);

  /** Checks what a layer is given, so that the message names the layer. */
  final void requireRows(String what, Tensor x, long rows, long size) {
    if (x == null || x.shape().rank() != 2 || x.dim(0) != rows || x.dim(1) != size) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where(getClass().getSimpleName() + "(" + describe() + "), " + what)
          .expected("shape (" + rows + ", " + size + ")")
          .found(x == null ? "nothing" : "shape " + x.shape())
          .build();
    }
  }
}
