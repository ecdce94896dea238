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

  private GmmConv(Builder b) {
    in = b.in;
    inDst = b.inDst;
    out = b.out;
    dim = b.dim;
    kernels = b.kernels;
    reducer = b.reducer;
    residual = b.residual;
    LayerContext c = b.context;
    map = child("fc", new Linear(c, in, kernels * out, false, AttentionOptions.GLOROT));
    residualMap =
        residual && inDst != out
            ? child("res_fc", new Linear(c, inDst, out, false, AttentionOptions.GLOROT))
            : null;
    mu = parameter("mu", c.make(Initializers.normal(0, 0.1), kernels, dim));
    inverseSigma = parameter("inv_sigma", c.make(Initializers.ones(), kernels, dim));
    bias = b.bias ? parameter("bias", c.make(Initializers.zeros(), out)) : null;
  }

  /** Starts a layer with options; an edge has dim pseudo-coordinates. */
  public static Builder builder(LayerContext context, int in, int out, int dim, int kernels) {
    return new Builder(context, in, out, dim, kernels);
  }

  /** Collects options: sum, no residual, bias by default. */
  public static final class Builder {
    private final LayerContext context;
    private final int in;
    private final int out;
    private final int dim;
    private final int kernels;
    private int inDst;
    private Reducer reducer = Reducer.SUM;
    private boolean residual;
    private boolean bias = true;

    private Builder(LayerContext context, int in, int out, int dim, int kernels) {
      this.context = context;
      this.in = in;
      this.out = out;
      this.dim = dim;
      this.kernels = kernels;
      inDst = in;
    }

    /** Size of the destination features where it is not that of the sources. */
    public Builder inDst(int value) {
      inDst = value;
      return this;
    }

    /** How messages are reduced. */
    public Builder reducer(Reducer value) {
      reducer = value;
      return this;
    }

    /** Whether destination features are added, through a map where sizes differ. */
    public Builder residual(boolean value) {
      residual = value;
      return this;
    }

    /** Whether there is a bias. */
    public Builder bias(boolean value) {
      bias = value;
      return this;
    }

    /** Makes the layer. */
    public GmmConv build() {
      return new GmmConv(this);
    }
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
