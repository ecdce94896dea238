package io.relata;

import io.relata.spi.BinaryOp;
import io.relata.spi.UnaryOp;
import java.util.function.UnaryOperator;

/**
 * A function of each element whose slope follows from its result, so that an operation can apply it
 * to its own result in place; {@link Affine} does.
 */
public final class Nonlinearity implements UnaryOperator<Tensor> {
  /** max(x, 0). */
  public static final Nonlinearity RELU = new Nonlinearity(UnaryOp.RELU, BinaryOp.RELU_GRAD, 0);

  /** Hyperbolic tangent. */
  public static final Nonlinearity TANH = new Nonlinearity(UnaryOp.TANH, BinaryOp.TANH_GRAD, 0);

  /** 1 / (1 + e^-x). */
  public static final Nonlinearity SIGMOID =
      new Nonlinearity(UnaryOp.SIGMOID, BinaryOp.SIGMOID_GRAD, 0);

  private final UnaryOp op;
  private final BinaryOp gradientOp;
  private final double parameter;

  private Nonlinearity(UnaryOp op, BinaryOp gradientOp, double parameter) {
    this.op = op;
    this.gradientOp = gradientOp;
    this.parameter = parameter;
  }

  /**
   * x where x &gt; 0, else slope * x.
   *
   * @throws RelataException ARGUMENT for a negative slope
   */
  public static Nonlinearity leakyRelu(double slope) {
    return new Nonlinearity(
        UnaryOp.LEAKY_RELU, BinaryOp.LEAKY_RELU_GRAD, notNegative("leakyRelu", slope));
  }

  /**
   * x where x &gt; 0, else alpha * (e^x - 1).
   *
   * @throws RelataException ARGUMENT for a negative alpha
   */
  public static Nonlinearity elu(double alpha) {
    return new Nonlinearity(UnaryOp.ELU, BinaryOp.ELU_GRAD, notNegative("elu", alpha));
  }

  /** The sign of the result must tell that of the argument. */
  private static double notNegative(String name, double value) {
    if (!(value >= 0)) {
      throw RelataException.of(
              ErrorId.ARGUMENT, "The slope does not follow from the result for this parameter")
          .where("Nonlinearity." + name)
          .expected("0 or more")
          .found(Double.toString(value))
          .remedy("pass the function itself, x -> x." + name + "(" + value + ")")
          .build();
    }
    return value;
  }

  UnaryOp op() {
    return op;
  }

  /** Of the gradient with respect to the result, and the result. */
  BinaryOp gradientOp() {
    return gradientOp;
  }

  double parameter() {
    return parameter;
  }

  @Override
  public Tensor apply(Tensor x) {
    return switch (op) {
      case LEAKY_RELU -> x.leakyRelu(parameter);
      case ELU -> x.elu(parameter);
      default -> Elementwise.unary(op, x);
    };
  }

  @Override
  public String toString() {
    return op + (op == UnaryOp.ELU || op == UnaryOp.LEAKY_RELU ? " " + parameter : "");
  }
}
