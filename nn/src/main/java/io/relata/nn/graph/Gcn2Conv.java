package io.relata.nn.graph;

import io.relata.Affine;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Activation;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import java.util.function.UnaryOperator;

/**
 * One of many layers of a deep graph convolution with an initial residual and an identity map,
 * {@code y = σ(h ((1 - β) I + β W) + b)}, {@code h = (1 - α) D^-1/2 A D^-1/2 x + α x_0}, {@code β =
 * ln(λ / layer + 1)}, D the in-degrees (Chen et al., 2020, GCNII; DGL: {@code GCN2Conv}). With edge
 * weights the degrees' place is taken by {@link EdgeWeightNorm}. Parameters {@code weight1} (size,
 * size), with a matrix of its own for the initial features also {@code weight2}, Glorot uniform;
 * {@code bias} (size,), 0.
 */
public final class Gcn2Conv extends GraphLayer {
  private final int size;
  private final double alpha;
  private final double beta;
  private final UnaryOperator<Tensor> activation;
  private final boolean allowZeroInDegree;
  private final Tensor weight;
  private final Tensor initialWeight;
  private final Tensor bias;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  private Gcn2Conv(Builder b) {
    size = b.size;
    alpha = b.alpha;
    beta = Math.log(b.lambda / b.layer + 1);
    activation = b.activation;
    allowZeroInDegree = b.allowZeroInDegree;
    weight = parameter("weight1", b.context.make(Initializers.xavierUniform(1), size, size));
    initialWeight =
        b.sharedWeight
            ? null
            : parameter("weight2", b.context.make(Initializers.xavierUniform(1), size, size));
    bias = b.bias ? parameter("bias", b.context.make(Initializers.zeros(), size)) : null;
  }

  /** Starts a layer with options; layer is its number in the network, from 1. */
  public static Builder builder(LayerContext context, int size, int layer) {
    return new Builder(context, size, layer);
  }

  /** Collects options: as in DGL α 0.1, λ 1, one weight, bias, no activation by default. */
  public static final class Builder {
    private final LayerContext context;
    private final int size;
    private final int layer;
    private double alpha = 0.1;
    private double lambda = 1;
    private boolean sharedWeight = true;
    private boolean bias = true;
    private boolean allowZeroInDegree;
    private UnaryOperator<Tensor> activation = UnaryOperator.identity();

    private Builder(LayerContext context, int size, int layer) {
      if (layer < 1) {
        throw RelataException.of(ErrorId.ARGUMENT, "Layers are counted from 1")
            .where("Gcn2Conv")
            .found(Integer.toString(layer))
            .build();
      }
      this.context = context;
      this.size = size;
      this.layer = layer;
    }

    /** Share of the initial features. */
    public Builder alpha(double value) {
      alpha = value;
      return this;
    }

    /** How far the weight's part reaches down the layers. */
    public Builder lambda(double value) {
      lambda = value;
      return this;
    }

    /** Whether initial features go through the same matrix (DGL: project_initial_features). */
    public Builder sharedWeight(boolean value) {
      sharedWeight = value;
      return this;
    }

    /** Whether there is a bias. */
    public Builder bias(boolean value) {
      bias = value;
      return this;
    }

    /** Lets nodes without in-edges pass; they get no messages. */
    public Builder allowZeroInDegree(boolean value) {
      allowZeroInDegree = value;
      return this;
    }

    /** Applied last. */
    public Builder activation(UnaryOperator<Tensor> value) {
      activation = Activation.function(value);
      return this;
    }

    /** Makes the layer. */
    public Gcn2Conv build() {
      return new Gcn2Conv(this);
    }
  }

  /**
   * New features.
   *
   * @param x (N, size)
   * @param initial the features that the network's first layer of this kind saw, (N, size)
   * @param edgeWeight (E,) or (E, 1), or null
   * @return (N, size)
   * @throws RelataException SHAPE where features do not fit, ZERO_IN_DEGREE for a node without
   *     in-edges, unless allowed
   */
  public Tensor forward(Adjacency g, Tensor x, Tensor initial, Tensor edgeWeight) {
    requireRows("features", x, g.numSrc(), size);
    requireRows("initial features", initial, g.numDst(), size);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Tensor near = Propagation.of(g, edgeWeight, true, x.dtype()).step(x).mul(1 - alpha);
    Tensor first = initial.mul(alpha);
    Affine sum = new Affine().bias(bias);
    if (initialWeight == null) {
      addMapped(sum, near.add(first), weight);
    } else {
      addMapped(sum, near, weight);
      addMapped(sum, first, initialWeight);
    }
    return output(sum.apply(activation), x, initial);
  }

  private void addMapped(Affine sum, Tensor x, Tensor matrix) {
    sum.plus(x.mul(1 - beta)).product(x, matrix.mul(beta));
  }

  @Override
  protected String describe() {
    return "size=" + size + ", alpha=" + alpha + ", beta=" + beta;
  }
}
