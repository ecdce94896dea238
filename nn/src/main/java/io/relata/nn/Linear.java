package io.relata.nn;

import io.relata.Affine;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * {@code y = x Wᵀ + b} (PyTorch: {@code nn.Linear}). Parameters {@code weight} (out, in) and {@code
 * bias} (out,), both from U(±1/sqrt(in)).
 */
public final class Linear extends UnaryLayer {
  private final int in;
  private final int out;
  private final Tensor weight;
  private final Tensor bias;

  /** With bias. */
  public Linear(LayerContext context, int in, int out) {
    this(context, in, out, true);
  }

  /** With or without bias. */
  public Linear(LayerContext context, int in, int out, boolean bias) {
    this(context, in, out, bias, Initializers.kaimingUniform(Math.sqrt(5)));
  }

  /** With a rule for the weight's initial values, for instance Glorot's. */
  public Linear(LayerContext context, int in, int out, boolean bias, Initializer initializer) {
    this.in = in;
    this.out = out;
    weight = parameter("weight", context.make(initializer, out, in));
    double bound = 1 / Math.sqrt(Math.max(1, in));
    this.bias =
        bias ? parameter("bias", context.make(Initializers.uniform(-bound, bound), out)) : null;
  }

  /** The matrix (out, in). */
  public Tensor weight() {
    return weight;
  }

  /** The bias (out,), or null. */
  public Tensor bias() {
    return bias;
  }

  /**
   * Applies the map to the last axis.
   *
   * @param x (…, in)
   * @return (…, out)
   * @throws RelataException SHAPE for another last size
   */
  @Override
  public Tensor forward(Tensor x) {
    return output(applied(x, UnaryOperator.identity()), x);
  }

  /**
   * Applies the map to the last axis and then an activation, in one pass where that is one of
   * {@link Activation}'s and nobody {@linkplain #observe observes} what is between them.
   */
  public Tensor forward(Tensor x, UnaryOperator<Tensor> activation) {
    return isObserved()
        ? activation.apply(forward(x))
        : applied(x, Activation.function(activation));
  }

  private Tensor applied(Tensor x, UnaryOperator<Tensor> activation) {
    requireInput(x);
    boolean matrix = x.shape().rank() == 2;
    Tensor rows = matrix ? x : x.reshape(x.size() / Math.max(1, in), in);
    Tensor y = new Affine().product(rows, weight, true).bias(bias).apply(activation);
    return matrix ? y : y.reshape(x.shape().with(-1, out));
  }

  /**
   * Several maps of the same rows in one product, which reads x once; pays where x is much wider
   * than the results. The same as {@code forward(x)} of each, up to rounding.
   *
   * @param x (N, in)
   * @return for each map (N, out)
   * @throws RelataException SHAPE for another number of columns
   */
  public static List<Tensor> forwardAll(Tensor x, Linear... maps) {
    Tensor[] weights = new Tensor[maps.length];
    Tensor[] biases = new Tensor[maps.length];
    long[] outs = new long[maps.length];
    boolean biased = false;
    for (int i = 0; i < maps.length; i++) {
      Linear map = maps[i];
      map.requireInput(x);
      weights[i] = map.weight;
      biases[i] = map.bias == null ? x.relata().zeros(x.dtype(), map.out) : map.bias;
      biased |= map.bias != null;
      outs[i] = map.out;
    }
    Tensor all =
        new Affine()
            .product(x, Tensor.concat(0, weights), true)
            .bias(biased ? Tensor.concat(0, biases) : null)
            .apply();
    List<Tensor> parts = all.split(1, outs);
    for (int i = 0; i < maps.length; i++) {
      maps[i].output(parts.get(i), x);
    }
    return parts;
  }

  /** Adds the map of x (N, in) to a sum, of which its bias becomes the bias. */
  public Affine addTo(Affine sum, Tensor x) {
    if (isObserved()) {
      return sum.plus(forward(x));
    }
    requireInput(x);
    return sum.product(x, weight, true).bias(bias);
  }

  private void requireInput(Tensor x) {
    if (x.shape().rank() == 0 || x.dim(-1) != in) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where("Linear(" + describe() + ")")
          .expected("last size " + in)
          .found("shape " + x.shape())
          .build();
    }
  }

  /**
   * Applies the map to features of which most are 0.
   *
   * @param x (N, in)
   * @return (N, out)
   * @throws RelataException SHAPE for another number of columns
   */
  public Tensor forward(SparseFeatures x) {
    if (x.columns() != in) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where("Linear(" + describe() + ")")
          .expected(in + " columns")
          .found(x.toString())
          .build();
    }
    Tensor y = x.matmul(weight.transpose(0, 1));
    return output(new Affine().over(y).bias(bias).apply());
  }

  /**
   * What some columns of the matrix contribute, without the bias. A map of concatenated inputs is
   * the sum of these, so that each input can go through its part before they meet on edges.
   *
   * @param x (N, k)
   * @param from the first of k columns
   * @return (N, out)
   * @throws RelataException SHAPE for columns that the matrix does not have
   */
  public Tensor part(Tensor x, int from) {
    if (x.shape().rank() != 2 || from < 0 || from + x.dim(1) > in) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where("Linear(" + describe() + "), columns from " + from)
          .expected("a matrix with at most " + (in - from) + " columns")
          .found("shape " + x.shape())
          .build();
    }
    return x.matmul(false, weight.slice(1, from, from + x.dim(1)), true);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", bias=" + (bias != null);
  }
}
