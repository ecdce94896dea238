package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.UnaryLayer;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Message passing with a matrix for each edge, {@code y_v = b + aggregate of x_u Θ(e_uv)} (Gilmer
 * et al., 2017; DGL: {@code NNConv}). Max is taken of each product {@code x_u,i Θ_ij} before the
 * sum over i, as in DGL. Child {@code edge_func} is Θ, from edge features to in · out numbers,
 * which are an array of edges times in times out; {@code res_fc} where a residual changes size;
 * parameter {@code bias} (out,), 0.
 */
public final class NnConv extends ConvLayer {
  private final int in;
  private final int inDst;
  private final int out;
  private final Reducer reducer;
  private final UnaryLayer edgeFunction;
  private final boolean residual;
  private final Linear residualMap;
  private final Tensor bias;

  /** Between nodes of one type, summing, without residual, with bias. */
  public NnConv(LayerContext context, int in, int out, UnaryLayer edgeFunction) {
    this(context, in, in, out, edgeFunction, Reducer.SUM, false, true);
  }

  /**
   * With all options.
   *
   * @param edgeFunction from (E, …) to (E, in · out)
   */
  public NnConv(
      LayerContext context,
      int in,
      int inDst,
      int out,
      UnaryLayer edgeFunction,
      Reducer reducer,
      boolean residual,
      boolean bias) {
    this.in = in;
    this.inDst = inDst;
    this.out = out;
    this.reducer = reducer;
    this.residual = residual;
    this.edgeFunction = child("edge_func", edgeFunction);
    residualMap =
        residual && inDst != out
            ? child("res_fc", new Linear(context, inDst, out, false, AttentionOptions.GLOROT))
            : null;
    this.bias = bias ? parameter("bias", context.make(Initializers.zeros(), out)) : null;
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, inDst), for the residual; may be null without one
   * @param edge edge features (E, …)
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), in);
    Tensor matrices = edgeFunction.forward(edge);
    requireRows("matrices of edge_func", matrices, g.numEdges(), (long) in * out);
    Arg x = Arg.u(src.reshape(g.numSrc(), in, 1));
    Arg theta = Arg.e(matrices.reshape(g.numEdges(), in, out));
    Tensor y = GraphOps.gspmm(g, MessageOp.MUL, reducer, x, theta).sum(1);
    if (residual) {
      requireRows("destination features", dst, g.numDst(), inDst);
      y = y.add(residualMap == null ? dst : residualMap.forward(dst));
    }
    return output(bias == null ? y : y.add(bias), src, dst, edge);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out;
  }
}
