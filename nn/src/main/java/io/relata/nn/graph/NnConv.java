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

  private NnConv(Builder b) {
    in = b.in;
    inDst = b.inDst;
    out = b.out;
    reducer = b.reducer;
    residual = b.residual;
    edgeFunction = child("edge_func", b.edgeFunction);
    residualMap =
        residual && inDst != out
            ? child("res_fc", new Linear(b.context, inDst, out, false, AttentionOptions.GLOROT))
            : null;
    bias = b.bias ? parameter("bias", b.context.make(Initializers.zeros(), out)) : null;
  }

  /** Starts a layer with options; edgeFunction goes from (E, …) to (E, in · out). */
  public static Builder builder(LayerContext context, int in, int out, UnaryLayer edgeFunction) {
    return new Builder(context, in, out, edgeFunction);
  }

  /** Collects options: sum, no residual, bias by default. */
  public static final class Builder {
    private final LayerContext context;
    private final int in;
    private final int out;
    private final UnaryLayer edgeFunction;
    private int inDst;
    private Reducer reducer = Reducer.SUM;
    private boolean residual;
    private boolean bias = true;

    private Builder(LayerContext context, int in, int out, UnaryLayer edgeFunction) {
      this.context = context;
      this.in = in;
      this.out = out;
      this.edgeFunction = edgeFunction;
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
    public NnConv build() {
      return new NnConv(this);
    }
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
