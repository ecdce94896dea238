package io.relata.nn;

import io.relata.Nonlinearity;
import io.relata.Tensor;
import java.util.function.UnaryOperator;

/**
 * A function without parameters, for the {@code activation} option of layers, and as a layer to
 * stand in a {@link Sequential}. After a product relu, leakyRelu, elu, sigmoid and tanh cost no
 * pass and no array of their own.
 */
public final class Activation extends UnaryLayer implements UnaryOperator<Tensor> {
  private final String name;
  private final UnaryOperator<Tensor> function;

  /** Any function, with the name it is printed by. */
  public Activation(String name, UnaryOperator<Tensor> function) {
    this.name = name;
    this.function = function;
  }

  /** max(x, 0). */
  public static Activation relu() {
    return new Activation("relu", Nonlinearity.RELU);
  }

  /** x where x &gt; 0, else slope * x. */
  public static Activation leakyRelu(double slope) {
    return new Activation(
        "leakyRelu " + slope, slope >= 0 ? Nonlinearity.leakyRelu(slope) : x -> x.leakyRelu(slope));
  }

  /** x where x &gt; 0, else alpha * (e^x - 1). */
  public static Activation elu(double alpha) {
    return new Activation("elu " + alpha, alpha >= 0 ? Nonlinearity.elu(alpha) : x -> x.elu(alpha));
  }

  /** x * Φ(x). */
  public static Activation gelu() {
    return new Activation("gelu", Tensor::gelu);
  }

  /** x / (1 + e^-x), also called swish. */
  public static Activation silu() {
    return new Activation("silu", x -> x.mul(x.sigmoid()));
  }

  /** log(1 + e^x) - log 2, which is 0 at 0 (Schütt et al., 2017). */
  public static Activation shiftedSoftplus() {
    return new Activation("shiftedSoftplus", x -> x.softplus().sub(Math.log(2)));
  }

  /** 1 / (1 + e^-x). */
  public static Activation sigmoid() {
    return new Activation("sigmoid", Nonlinearity.SIGMOID);
  }

  /** Hyperbolic tangent. */
  public static Activation tanh() {
    return new Activation("tanh", Nonlinearity.TANH);
  }

  /** What a layer applies to its result: of an activation the function that it stands for. */
  public static UnaryOperator<Tensor> function(UnaryOperator<Tensor> activation) {
    return activation instanceof Activation a ? a.function : activation;
  }

  @Override
  public Tensor apply(Tensor x) {
    return function.apply(x);
  }

  @Override
  public Tensor forward(Tensor x) {
    return output(function.apply(x), x);
  }

  @Override
  protected String describe() {
    return name;
  }
}
