package io.relata.nn.graph;

import io.relata.Affine;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.UnaryLayer;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Graph isomorphism network {@code y_v = f((1 + ε) x_v + aggregate of x_u)} (Xu et al., 2019; DGL:
 * {@code GINConv}). Child {@code apply_func} is f; {@code eps} (1,) is a parameter where learned,
 * else a buffer.
 */
public final class GinConv extends ConvLayer {
  private final UnaryLayer function;
  private final Reducer reducer;
  private final Tensor eps;

  /** Sums neighbours, ε = 0 and not learned. */
  public GinConv(LayerContext context, UnaryLayer function) {
    this(context, function, Reducer.SUM, 0, false);
  }

  /**
   * With all options.
   *
   * @param function f, or null for none
   */
  public GinConv(
      LayerContext context, UnaryLayer function, Reducer reducer, double eps, boolean learnEps) {
    this.function = function == null ? null : child("apply_func", function);
    this.reducer = reducer;
    Tensor start = context.make(Initializers.constant(eps), 1);
    this.eps = learnEps ? parameter("eps", start) : buffer("eps", start);
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in)
   * @param edgeWeight (E,) or (E, 1), or null; multiplies messages
   * @return (numDst, in) through f
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight) {
    requireRows("source features", src, g.numSrc(), src.dim(-1));
    requireRows("destination features", dst, g.numDst(), src.dim(-1));
    Tensor sum =
        edgeWeight == null
            ? GraphOps.copyReduce(g, reducer, Arg.u(src))
            : GraphOps.gspmm(g, MessageOp.MUL, reducer, Arg.u(src), Arg.e(edgeWeight));
    Tensor y = new Affine().over(sum).plus(dst.mul(eps.add(1))).apply();
    return output(function == null ? y : function.forward(y), src, dst);
  }
}
