package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Edge weights scaled by the weighted degrees of their ends (DGL: {@code EdgeWeightNorm}): {@link
 * Norm#BOTH} divides by the root of the weights out of the source times those into the destination,
 * {@link Norm#RIGHT} by those into the destination, {@link Norm#LEFT} by those out of the source.
 * Weights are positive; one that is not may give infinities or NaN.
 */
public final class EdgeWeightNorm {
  private EdgeWeightNorm() {}

  /**
   * The scaled weights, differentiable.
   *
   * @param weight (E,) or (E, 1)
   * @return the same shape
   * @throws RelataException SHAPE unless there is a number per edge
   */
  public static Tensor of(Adjacency g, Norm norm, Tensor weight) {
    if (weight.dim(0) != g.numEdges() || weight.size() != g.numEdges()) {
      throw RelataException.of(ErrorId.SHAPE, "Every edge needs one weight")
          .where("EdgeWeightNorm")
          .expected("shape (" + g.numEdges() + ",) or (" + g.numEdges() + ", 1)")
          .found("shape " + weight.shape())
          .build();
    }
    Tensor w = weight.reshape(g.numEdges());
    Tensor scale =
        switch (norm) {
          case NONE -> null;
          case RIGHT -> GraphOps.gsddmm(g, MessageOp.COPY, Arg.v(into(g, w)), null).reciprocal();
          case LEFT ->
              GraphOps.gsddmm(g, MessageOp.COPY, Arg.u(into(g.reversed(), w)), null).reciprocal();
          case BOTH ->
              GraphOps.gsddmm(
                  g,
                  MessageOp.MUL,
                  Arg.u(into(g.reversed(), w).rsqrt()),
                  Arg.v(into(g, w).rsqrt()));
        };
    return scale == null ? weight : w.mul(scale).reshape(weight.shape());
  }

  /** Sum of the weights into each node; that of a node without edges, 0, is read by no edge. */
  private static Tensor into(Adjacency g, Tensor w) {
    return GraphOps.copyReduce(g, Reducer.SUM, Arg.e(w));
  }
}
