package io.relata.cuda;

import static io.relata.cuda.Launcher.suffix;
import static io.relata.cuda.Launcher.wide;

import io.relata.spi.AffineCall;
import io.relata.spi.Array;
import io.relata.spi.UnaryOp;
import java.util.List;

/**
 * The dense part of a layer: its products one after the other, then addends, bias and activation in
 * one pass over the result.
 */
final class DenseAffine {
  /** Addends of one pass. */
  private static final int PAIR = 2;

  private static final int NO_ACTIVATION = -1;

  private final Launcher launcher;
  private final DenseElementwise elementwise;

  DenseAffine(Launcher launcher, DenseElementwise elementwise) {
    this.launcher = launcher;
    this.elementwise = elementwise;
  }

  /** What follows the products, {@code started} where {@code out} holds a sum already. */
  void finish(AffineCall c, boolean started) {
    List<Array> addends = c.addends();
    boolean sum = started;
    int at = 0;
    for (; addends.size() - at > PAIR; at += PAIR) {
      pass(c, addends.subList(at, at + PAIR), sum, null, NO_ACTIVATION);
      sum = true;
    }
    boolean fused = c.activation() != null && fuses(c.activation());
    List<Array> last = addends.subList(at, addends.size());
    if (!last.isEmpty() || c.bias() != null || fused) {
      pass(c, last, sum, c.bias(), fused ? c.activation().ordinal() : NO_ACTIVATION);
    }
    if (c.activation() != null && !fused) {
      elementwise.unary(c.activation(), c.out(), c.a(), 0, c.out());
    }
  }

  /** Whether the kernel has the function. */
  private static boolean fuses(UnaryOp op) {
    return switch (op) {
      case RELU, LEAKY_RELU, ELU, SIGMOID, TANH -> true;
      default -> false;
    };
  }

  private void pass(
      AffineCall c, List<Array> addends, boolean started, Array bias, int activation) {
    Array out = c.out();
    Array first = addends.isEmpty() ? null : addends.getFirst();
    Array second = addends.size() < PAIR ? null : addends.get(1);
    int aligned = wide(out);
    for (Array y : addends) {
      aligned &= wide(y);
    }
    launcher.quads(
        "affine_" + suffix(out.dtype()),
        out.size(),
        new Arguments()
            .put(c.a())
            .put(first)
            .put(second)
            .put(bias)
            .put(out)
            .put(out.size())
            .put(out.shape().dim(1))
            .put(activation)
            .put(started ? 1 : 0)
            .put(aligned));
  }
}
