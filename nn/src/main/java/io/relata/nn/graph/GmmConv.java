package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Gaussian mixture convolution {@code y_v = b + Σ_k aggregate of w_k(e_uv) W_k x_u}, {@code w_k(e)
 * = exp(-½ Σ ((e - μ_k) / σ_k)²)} over the edge's pseudo-coordinates e (Monti et al., 2017, MoNet;
 * DGL: {@code GMMConv}). Child {@code fc} (kernels · out, in), {@code res_fc} where a residual
 * changes size; parameters {@code mu}, {@code inv_sigma} (kernels, dim), {@code bias} (out,).
 */
public final class GmmConv extends ConvLayer {
  private final int in;
  private final int inDst;
  private final int out;
  private final int dim;
  private final int kernels;
  private final Reducer reducer;
  private final boolean residual;
  private final Linear map;
  private final Linear residualMap;
  private final Tensor mu;
  private final Tensor inverseSigma;
  private final Tensor bias;

  /** Between nodes of one type, summing, without residual, with bias. */
  public GmmConv(LayerContext context, int in, int out, int dim, int kernels) {
    this(context, in, in, out, dim, kernels, Reducer.SUM, false, true);
  }

  /**
   * With all options.
   *
   * @param dim number of pseudo-coordinates of an edge
   */
  public GmmConv(
      LayerContext context,
      int in,
      int inDst,
      int out,
      int dim,
      int kernels,
      Reducer reducer,
      boolean residual,
      boolean bias) {
    this.in = in;
    this.inDst = inDst;
    this.out = out;
    this.dim = dim;
    this.kernels = kernels;
    this.reducer = reducer;
    this.residual = residual;
    map = child("fc", new Linear(context, in, kernels * out, false, AttentionOptions.GLOROT));
    residualMap =
        residual && inDst != out
            ? child("res_fc", new Linear(context, inDst, out, false, AttentionOptions.GLOROT))
            : null;
    mu = parameter("mu", context.make(Initializers.normal(0, 0.1), kernels, dim));
    inverseSigma = parameter("inv_sigma", context.make(Initializers.ones(), kernels, dim));
    this.bias = bias ? parameter("bias", context.make(Initializers.zeros(), out)) : null;
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, inDst), for the residual; may be null without one
   * @param edge pseudo-coordinates (E, dim)
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("pseudo-coordinates", edge, g.numEdges(), dim);
    Tensor away = edge.reshape(g.numEdges(), 1, dim).sub(mu).mul(inverseSigma);
    Tensor w = away.square().sum(2, true).mul(-0.5).exp();
    Tensor h = map.forward(src).reshape(g.numSrc(), kernels, out);
    Tensor y = GraphOps.gspmm(g, MessageOp.MUL, reducer, Arg.u(h), Arg.e(w)).sum(1);
    if (residual) {
      requireRows("destination features", dst, g.numDst(), inDst);
      y = y.add(residualMap == null ? dst : residualMap.forward(dst));
    }
    return output(bias == null ? y : y.add(bias), src, dst, edge);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", dim=" + dim + ", kernels=" + kernels;
  }
}
