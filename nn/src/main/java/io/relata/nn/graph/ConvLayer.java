package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;

/**
 * A layer that passes messages along the edges of one relation, from the features of its source
 * nodes to new features of its destination nodes.
 */
public abstract class ConvLayer extends GraphLayer {
  /** On a graph whose sources and destinations are the same nodes: x (N, …). */
  public final Tensor forward(Adjacency g, Tensor x) {
    return forward(g, x, x, null);
  }

  /** From sources src (numSrc, …) to destinations dst (numDst, …). */
  public final Tensor forward(Adjacency g, Tensor src, Tensor dst) {
    return forward(g, src, dst, null);
  }

  /**
   * The same with a weight, or features, for every message.
   *
   * @param g the edges
   * @param src features of the source nodes, (numSrc, …)
   * @param dst features of the destination nodes, (numDst, …); layers that do not look at them say
   *     so, and take null
   * @param edge (E,) or (E, 1) multiplies messages, null does not; layers that take edge features
   *     say so, (E, …)
   * @return new features of the destination nodes, (numDst, …)
   */
  public abstract Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge);

  /** For layers that have no use for what edges bring. */
  final void requireNoEdge(Tensor edge) {
    if (edge != null) {
      throw RelataException.of(ErrorId.ARGUMENT, "The layer takes no edge weight")
          .where(named())
          .found("shape " + edge.shape())
          .build();
    }
  }

  /** For layers that pass their result on along the same edges. */
  final void requireSameNodes(Adjacency g) {
    if (g.numSrc() != g.numDst()) {
      throw RelataException.of(ErrorId.SHAPE, "Sources and destinations are not the same nodes")
          .where(named())
          .expected("as many sources as destinations")
          .found(g.numSrc() + " and " + g.numDst())
          .build();
    }
  }
}
