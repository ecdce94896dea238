package io.relata.nn.graph;

import io.relata.Affine;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.nn.Activation;
import io.relata.nn.Dropout;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.LayerNorm;
import java.util.function.UnaryOperator;

/**
 * Relational graph convolution {@code y_v = Σ over in-edges of norm_e x_u W_type(e)}, then in this
 * order layer norm, bias, self-loop {@code x_v W_0}, activation, dropout (Schlichtkrull et al.,
 * 2018; DGL: {@code RelGraphConv}). Child {@code linear_r} ({@link TypedLinear}) and {@code
 * layer_norm_weight}; parameters {@code h_bias} (out,), 0, and {@code loop_weight} (in, out),
 * Glorot uniform with relu's gain.
 */
public final class RelGraphConv extends GraphLayer {
  private final int in;
  private final int out;
  private final int relations;
  private final boolean mean;
  private final TypedLinear weights;
  private final LayerNorm layerNorm;
  private final Tensor bias;
  private final Tensor loopWeight;
  private final UnaryOperator<Tensor> activation;
  private final Dropout dropout;

  private RelGraphConv(Builder b) {
    in = b.in;
    out = b.out;
    relations = b.relations;
    mean = b.mean;
    activation = b.activation;
    weights =
        child(
            "linear_r",
            b.blocks != 1
                ? TypedLinear.withBlocks(b.context, relations, in, out, b.blocks)
                : TypedLinear.withBases(b.context, relations, in, out, b.bases));
    layerNorm = b.layerNorm ? child("layer_norm_weight", new LayerNorm(b.context, out)) : null;
    bias = b.bias ? parameter("h_bias", b.context.make(Initializers.zeros(), out)) : null;
    loopWeight =
        b.selfLoop
            ? parameter(
                "loop_weight",
                b.context.make(Initializers.xavierUniform(Initializers.RELU_GAIN), in, out))
            : null;
    dropout = child("dropout", new Dropout(b.dropout));
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out, int relations) {
    return new Builder(context, in, out, relations);
  }

  /**
   * Collects options. As in DGL: no bases, bias, self-loop, no layer norm, no activation, no
   * dropout, messages summed as they are.
   */
  public static final class Builder {
    private final LayerContext context;
    private final int in;
    private final int out;
    private final int relations;
    private int bases;
    private int blocks = 1;
    private boolean mean;
    private boolean bias = true;
    private boolean selfLoop = true;
    private boolean layerNorm;
    private double dropout;
    private UnaryOperator<Tensor> activation = UnaryOperator.identity();

    private Builder(LayerContext context, int in, int out, int relations) {
      this.context = context;
      this.in = in;
      this.out = out;
      this.relations = relations;
    }

    /** Regularises by this many shared bases; 0 gives each relation its own matrix. */
    public Builder bases(int value) {
      bases = value;
      blocks = 1;
      return this;
    }

    /**
     * Regularises by matrices of this many blocks along the diagonal, in place of bases (DGL:
     * {@code bdd}). It divides both sizes.
     */
    public Builder blocks(int value) {
      blocks = value;
      bases = 0;
      return this;
    }

    /**
     * Where no norm is given, divides by the number of edges of the same type into the destination
     * (1 / c_{v,r} of the paper).
     */
    public Builder meanPerRelation(boolean value) {
      mean = value;
      return this;
    }

    /** Whether there is a bias. */
    public Builder bias(boolean value) {
      bias = value;
      return this;
    }

    /** Whether a node's own features take part through a matrix of their own. */
    public Builder selfLoop(boolean value) {
      selfLoop = value;
      return this;
    }

    /** Whether sums are layer-normalised. */
    public Builder layerNorm(boolean value) {
      layerNorm = value;
      return this;
    }

    /** Applied before dropout. */
    public Builder activation(UnaryOperator<Tensor> value) {
      activation = Activation.function(value);
      return this;
    }

    /** Probability of the dropout that comes last. */
    public Builder dropout(double value) {
      dropout = value;
      return this;
    }

    /** Makes the layer. */
    public RelGraphConv build() {
      return new RelGraphConv(this);
    }
  }

  /** On a graph whose sources and destinations are the same nodes: x (N, in) gives (N, out). */
  public Tensor forward(TypedAdjacency g, Tensor x) {
    return forward(g, x, x, null);
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in), for the self-loop; may be null without one
   * @param norm (E,) or (E, 1) multiplies messages, by edge id; or null
   * @return (numDst, out)
   * @throws RelataException SHAPE where features do not fit, ARGUMENT for a graph with another
   *     number of relations
   */
  public Tensor forward(TypedAdjacency g, Tensor src, Tensor dst, Tensor norm) {
    check(g, src, dst, norm);
    Tensor each = norm;
    if (norm == null) {
      each = mean ? g.meanNorm(src.dtype()) : null;
    } else if (norm.shape().rank() == 2) {
      each = norm.squeeze(1);
    }
    Tensor y = weights.aggregate(g, src, each);
    Affine sum = new Affine().bias(bias);
    if (layerNorm == null) {
      sum.over(y);
    } else {
      sum.plus(layerNorm.forward(y));
    }
    if (loopWeight != null) {
      sum.product(dst, loopWeight);
    }
    return output(dropout.forward(sum.apply(activation)), src, dst);
  }

  private void check(TypedAdjacency g, Tensor src, Tensor dst, Tensor norm) {
    if (g.relations() != relations) {
      throw RelataException.of(ErrorId.ARGUMENT, "The graph has another number of relations")
          .where(named())
          .expected(Integer.toString(relations))
          .found(Integer.toString(g.relations()))
          .build();
    }
    requireRows("source features", src, g.numSrc(), in);
    if (loopWeight != null) {
      requireRows("destination features", dst, g.numDst(), in);
    }
    if (norm != null && (norm.dim(0) != g.numEdges() || norm.size() != g.numEdges())) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where(named() + ", norm")
          .expected("shape (" + g.numEdges() + ",) or (" + g.numEdges() + ", 1)")
          .found("shape " + norm.shape())
          .build();
    }
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", relations=" + relations;
  }
}
