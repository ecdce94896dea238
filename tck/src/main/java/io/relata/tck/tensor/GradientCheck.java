package io.relata.tck.tensor;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * Compares the gradients of an operation with central differences in FLOAT64. Every input is
 * checked with all inputs asking for a gradient, and then again alone, for rules take other paths
 * where a gradient is not wanted.
 */
public final class GradientCheck {
  /** Relative tolerance where none is given; central differences leave about 1e-10. */
  public static final double TOLERANCE = 1e-6;

  private static final double STEP = 1e-5;

  /** A differentiable function of some FLOAT64 tensors. */
  @FunctionalInterface
  public interface Operation {
    /** Its result, of any shape. */
    Tensor apply(Tensor[] inputs);
  }

  private final Relata relata;
  private final String what;
  private final Operation operation;
  private final Shape[] shapes;
  private final double[][] values;
  private double[] weights;

  private GradientCheck(Relata relata, String what, Operation operation, Tensor[] inputs) {
    this.relata = relata;
    this.what = what;
    this.operation = operation;
    this.shapes = Arrays.stream(inputs).map(Tensor::shape).toArray(Shape[]::new);
    this.values = Arrays.stream(inputs).map(Tensor::toDoubleArray).toArray(double[][]::new);
  }

  /**
   * Checks the gradients with respect to every element of every input.
   *
   * @param what names the operation in the message
   * @param inputs FLOAT64; only their elements are used
   * @throws AssertionError that names input, index, analytic and numeric derivative
   */
  public static void check(Relata relata, String what, Operation operation, Tensor... inputs) {
    check(relata, what, TOLERANCE, operation, inputs);
  }

  /** The same with another relative tolerance. */
  public static void check(
      Relata relata, String what, double tolerance, Operation operation, Tensor... inputs) {
    for (Tensor t : inputs) {
      if (t.dtype() != DType.FLOAT64) {
        throw new IllegalArgumentException(what + ": gradients are checked in FLOAT64");
      }
    }
    new GradientCheck(relata, what, operation, inputs).run(tolerance);
  }

  private void run(double tolerance) {
    boolean[] all = new boolean[values.length];
    Arrays.fill(all, true);
    double[][] analytic = analytic(all);
    for (int i = 0; i < values.length; i++) {
      boolean[] alone = new boolean[values.length];
      alone[i] = true;
      if (values.length > 1) {
        requireSame(i, analytic[i], analytic(alone)[i], tolerance);
      }
      for (int j = 0; j < values[i].length; j++) {
        double numeric = numeric(i, j);
        if (!close(analytic[i][j], numeric, tolerance)) {
          throw new AssertionError(
              message(i, j, "analytic " + analytic[i][j] + ", numeric " + numeric));
        }
      }
    }
  }

  private void requireSame(int input, double[] together, double[] alone, double tolerance) {
    for (int j = 0; j < together.length; j++) {
      if (!close(together[j], alone[j], tolerance)) {
        throw new AssertionError(
            message(
                input,
                j,
                together[j] + " with all inputs asking, " + alone[j] + " with this one alone"));
      }
    }
  }

  private static boolean close(double a, double b, double tolerance) {
    return Math.abs(a - b) <= tolerance * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }

  private String message(int input, int element, String found) {
    return String.format(
        Locale.ROOT,
        "gradient of %s with respect to input %d of shape %s at index %s (x = %s): %s",
        what,
        input,
        shapes[input],
        Arrays.toString(index(shapes[input], element)),
        values[input][element],
        found);
  }

  private static long[] index(Shape shape, long element) {
    long[] index = new long[shape.rank()];
    long rest = element;
    for (int a = shape.rank() - 1; a >= 0; a--) {
      index[a] = rest % shape.dim(a);
      rest /= shape.dim(a);
    }
    return index;
  }

  private Tensor[] inputs() {
    Tensor[] inputs = new Tensor[values.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = relata.tensor(values[i], values[i].length).reshape(shapes[i]);
    }
    return inputs;
  }

  /** Gradients of the result's dot product with fixed random weights. */
  private double[][] analytic(boolean[] wanted) {
    try (Scope _ = relata.scope()) {
      Tensor[] inputs = inputs();
      for (int i = 0; i < inputs.length; i++) {
        inputs[i].requiresGrad(wanted[i]);
      }
      Tensor out = operation.apply(inputs);
      weights = Domain.NONZERO.numbers(out.size() + 17, out.size());
      out.backward(relata.tensor(weights, weights.length).reshape(out.shape()));
      double[][] gradients = new double[inputs.length][];
      for (int i = 0; i < inputs.length; i++) {
        Tensor g = inputs[i].grad();
        if (wanted[i] && g == null) {
          throw new AssertionError("gradient of " + what + " never reached input " + i);
        }
        if (wanted[i] && !g.shape().equals(shapes[i])) {
          throw new AssertionError(
              "gradient of " + what + ": " + g.shape() + " for input " + i + " of " + shapes[i]);
        }
        gradients[i] = wanted[i] ? g.toDoubleArray() : null;
      }
      return gradients;
    }
  }

  private double numeric(int input, int element) {
    double x = values[input][element];
    double step = STEP * Math.max(1, Math.abs(x));
    double above = value(input, element, x + step);
    double below = value(input, element, x - step);
    values[input][element] = x;
    return (above - below) / (2 * step);
  }

  private double value(int input, int element, double x) {
    values[input][element] = x;
    try (Scope _ = relata.scope()) {
      double[] out = operation.apply(inputs()).toDoubleArray();
      double sum = 0;
      for (int i = 0; i < out.length; i++) {
        sum += out[i] * weights[i];
      }
      return sum;
    }
  }
}
