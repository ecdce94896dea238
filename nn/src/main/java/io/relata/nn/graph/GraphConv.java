package io.relata.nn.graph;

import io.relata.Affine;
import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Activation;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.SparseFeatures;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Graph convolution {@code y_v = σ(b + Σ_{(u,v)} c_uv x_u W)} with c from the degrees (Kipf and
 * Welling, 2017; DGL: {@code GraphConv}). Parameters {@code weight} (in, out), Glorot uniform, and
 * {@code bias} (out,), 0. Multiplies by the weight before aggregating where in &gt; out, else after
 * it. Destination features are not looked at.
 */
public final class GraphConv extends ConvLayer {
  private static final UnaryOperator<Tensor> NONE = UnaryOperator.identity();

  private final int in;
  private final int out;
  private final Norm norm;
  private final boolean allowZeroInDegree;
  private final UnaryOperator<Tensor> activation;
  private final Tensor weight;
  private final Tensor bias;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  /** Norm both, weight, bias, no activation; a node without in-edges is an error. */
  public GraphConv(LayerContext context, int in, int out) {
    this(builder(context, in, out));
  }

  private GraphConv(Builder b) {
    in = b.in;
    out = b.out;
    norm = b.norm;
    allowZeroInDegree = b.allowZeroInDegree;
    activation = b.activation;
    weight =
        b.weight
            ? parameter("weight", b.context.make(Initializers.xavierUniform(1), in, out))
            : null;
    bias = b.bias ? parameter("bias", b.context.make(Initializers.zeros(), out)) : null;
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out) {
    return new Builder(context, in, out);
  }

  /** Collects options; the defaults are those of the public constructor. */
  public static final class Builder {
    private final LayerContext context;
    private final int in;
    private final int out;
    private Norm norm = Norm.BOTH;
    private boolean weight = true;
    private boolean bias = true;
    private boolean allowZeroInDegree;
    private UnaryOperator<Tensor> activation = NONE;

    private Builder(LayerContext context, int in, int out) {
      this.context = context;
      this.in = in;
      this.out = out;
    }

    /** How degrees scale the sum. */
    public Builder norm(Norm value) {
      norm = value;
      return this;
    }

    /** Whether there is a weight; without one, in and out are equal. */
    public Builder weight(boolean value) {
      weight = value;
      return this;
    }

    /** Whether there is a bias. */
    public Builder bias(boolean value) {
      bias = value;
      return this;
    }

    /** Lets nodes without in-edges pass; they get the bias. */
    public Builder allowZeroInDegree(boolean value) {
      allowZeroInDegree = value;
      return this;
    }

    /** Applied last. */
    public Builder activation(UnaryOperator<Tensor> value) {
      activation = Activation.function(value);
      return this;
    }

    /**
     * Makes the layer.
     *
     * @throws RelataException SHAPE without weight where in and out differ
     */
    public GraphConv build() {
      if (!weight && in != out) {
        throw RelataException.of(ErrorId.SHAPE, "Without a weight the size cannot change")
            .where("GraphConv")
            .expected("in = out")
            .found("in " + in + ", out " + out)
            .build();
      }
      return new GraphConv(this);
    }
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst not looked at, may be null
   * @param edgeWeight (E,) or (E, 1), or null; multiplies messages and does not enter degrees
   * @return (numDst, out)
   * @throws RelataException ZERO_IN_DEGREE for a node without in-edges, unless allowed
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight) {
    requireRows("source features", src, g.numSrc(), in);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Tensor x =
        switch (norm) {
          case NONE, RIGHT -> src;
          case BOTH -> src.mul(inverse(g.reversed(), src.dtype()).sqrt());
          case LEFT -> src.mul(inverse(g.reversed(), src.dtype()));
        };
    boolean weightFirst = weight != null && in > out;
    if (weightFirst) {
      x = x.matmul(weight);
    }
    Reducer reducer = norm == Norm.RIGHT ? Reducer.MEAN : Reducer.SUM;
    Tensor y =
        edgeWeight == null
            ? GraphOps.copyReduce(g, reducer, Arg.u(x))
            : GraphOps.gspmm(g, MessageOp.MUL, reducer, Arg.u(x), Arg.e(edgeWeight));
    if (norm == Norm.BOTH) {
      y = y.mul(inverse(g, y.dtype()).sqrt());
    }
    Affine sum = new Affine().bias(bias);
    if (weight != null && !weightFirst) {
      sum.product(y, weight);
    } else {
      sum.over(y);
    }
    return output(sum.apply(activation), src);
  }

  /**
   * New features of the destination nodes, from features of which most are 0; the product with the
   * weight comes first.
   *
   * @param src (numSrc, in)
   * @return (numDst, out)
   * @throws RelataException SHAPE for features that do not fit, ARGUMENT without a weight,
   *     ZERO_IN_DEGREE for a node without in-edges, unless allowed
   */
  public Tensor forward(Adjacency g, SparseFeatures src) {
    requireSparse(src, g.numSrc(), in);
    if (weight == null) {
      throw RelataException.of(
              ErrorId.ARGUMENT, "A layer without a weight takes no sparse features")
          .where(named())
          .remedy("pass them as a tensor")
          .build();
    }
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Tensor x = src.matmul(weight);
    x =
        switch (norm) {
          case NONE, RIGHT -> x;
          case BOTH -> x.mul(inverse(g.reversed(), x.dtype()).sqrt());
          case LEFT -> x.mul(inverse(g.reversed(), x.dtype()));
        };
    Tensor y = GraphOps.copyReduce(g, norm == Norm.RIGHT ? Reducer.MEAN : Reducer.SUM, Arg.u(x));
    if (norm == Norm.BOTH) {
      y = y.mul(inverse(g, y.dtype()).sqrt());
    }
    return output(new Affine().over(y).bias(bias).apply(activation));
  }

  /**
   * The layer as a term of a sum over relations, or null where it is more than a mean or sum of
   * neighbours times a matrix.
   */
  HeteroProduct.Term term(TouchedNodes nodes, Tensor src) {
    boolean plain = norm == Norm.RIGHT || norm == Norm.NONE;
    if (!plain || weight == null || bias != null || activation != NONE) {
      return null;
    }
    requireRows("source features", src, nodes.all().numSrc(), in);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(nodes.all(), named());
    }
    return new HeteroProduct.Term(nodes, src, weight, norm == Norm.RIGHT);
  }

  /** 1 / max(in-degree, 1) as a column. */
  private static Tensor inverse(Adjacency g, DType dtype) {
    return g.inverseInDegrees(dtype).reshape(g.numDst(), 1);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", norm=" + norm.name().toLowerCase(Locale.ROOT);
  }
}
