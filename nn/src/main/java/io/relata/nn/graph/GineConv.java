package io.relata.nn.graph;

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
 * Graph isomorphism network with edge features {@code y_v = f((1 + ε) x_v + Σ relu(x_u + e_uv))}
 * (Hu et al., 2020; DGL: {@code GINEConv}). The messages are an array of edges times features.
 * Child {@code apply_func} is f; {@code eps} (1,) is a parameter where learned, else a buffer.
 */
public final class GineConv extends ConvLayer {
  private final UnaryLayer function;
  private final Tensor eps;

  /** ε = 0 and not learned; function is f, or null for none. */
  public GineConv(LayerContext context, UnaryLayer function) {
    this(context, function, 0, false);
  }

  /** With all options. */
  public GineConv(LayerContext context, UnaryLayer function, double eps, boolean learnEps) {
    this.function = function == null ? null : child("apply_func", function);
    Tensor start = context.make(Initializers.constant(eps), 1);
    this.eps = learnEps ? parameter("eps", start) : buffer("eps", start);
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in)
   * @param edge edge features (E, in)
   * @return (numDst, in) through f
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), src.dim(-1));
    requireRows("destination features", dst, g.numDst(), src.dim(-1));
    requireRows("edge features", edge, g.numEdges(), src.dim(-1));
    Tensor messages = GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(src), Arg.e(edge)).relu();
    Tensor y = dst.mul(eps.add(1)).add(GraphOps.copyReduce(g, Reducer.SUM, Arg.e(messages)));
    return output(function == null ? y : function.forward(y), src, dst, edge);
  }
}
