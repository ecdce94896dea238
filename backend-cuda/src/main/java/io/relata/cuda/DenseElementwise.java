package io.relata.cuda;

import static io.relata.cuda.Launcher.suffix;
import static io.relata.cuda.Launcher.wide;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.UnaryOp;

/** Constants, conversions, functions of one and of two arrays, selection. */
final class DenseElementwise {
  private final Launcher launcher;
  private final IndexSearch search;

  DenseElementwise(Launcher launcher, IndexSearch search) {
    this.launcher = launcher;
    this.search = search;
  }

  void fill(Array out, double value) {
    long pattern =
        switch (out.dtype()) {
          case FLOAT32 -> twice(Float.floatToRawIntBits((float) value));
          case FLOAT64 -> Double.doubleToRawLongBits(value);
          case FLOAT16 -> fourTimes(Float.floatToFloat16((float) value));
          case BFLOAT16 -> fourTimes(bfloat((float) value));
          case INT32 -> twice((int) value);
          case INT64 -> (long) value;
          case BOOL -> value != 0 ? 0x0101_0101_0101_0101L : 0;
        };
    if (out.size() == 0) {
      return;
    }
    if (pattern == 0) {
      launcher.device().zero(out.address(), out.bytes());
    } else {
      launcher.threads(
          "fill",
          Math.max(32, out.bytes() / 16),
          new Arguments().put(pattern).put(out).put(out.bytes()));
    }
  }

  /** The upper half of a float, rounded to the nearest, of two to the even one. */
  private static int bfloat(float value) {
    int bits = Float.floatToIntBits(value);
    return (value == value ? bits + 0x7FFF + (bits >>> 16 & 1) : bits) >>> 16;
  }

  private static long fourTimes(int bits) {
    return 0x0001_0001_0001_0001L * (bits & 0xFFFF);
  }

  private static long twice(int bits) {
    return bits & 0xFFFF_FFFFL | (long) bits << 32;
  }

  void range(Array out, double start, double step) {
    launcher.threads(
        "range_" + suffix(out.dtype()),
        out.size(),
        new Arguments().put(start).put(step).put(out).put(out.size()));
  }

  void cast(Array x, Array out) {
    if (x.dtype() == out.dtype()) {
      if (x.size() > 0) {
        launcher.device().copy(x.address(), out.address(), x.bytes());
      }
      return;
    }
    launcher.quads(
        "cast_" + suffix(x.dtype()) + "_" + suffix(out.dtype()),
        out.size(),
        unaryArguments(0, x, 0, 0, out));
  }

  void unary(UnaryOp op, Array x, double a, double b, Array out) {
    Arguments arguments = unaryArguments(op.ordinal(), x, a, b, out);
    if (x.dtype().isFloating()) {
      launcher.quads("unary_" + kind(op) + "_" + suffix(x.dtype()), out.size(), arguments);
    } else {
      launcher.threads("unary_" + suffix(x.dtype()), out.size(), arguments);
    }
  }

  /** Which of the kernels has the function: they differ in the registers that they need. */
  private static String kind(UnaryOp op) {
    return switch (op) {
      case EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, SOFTPLUS, ERF, ELU -> "function";
      case SIN, COS, POW, RPOW -> "costly";
      default -> "arithmetic";
    };
  }

  private static Arguments unaryArguments(int op, Array x, double a, double b, Array out) {
    return new Arguments().put(a).put(b).put(x).put(out).put(out.size()).put(op).put(wide(x, out));
  }

  void binary(BinaryOp op, Array x, Array y, double a, Array out) {
    if (out.size() == 0) {
      return;
    }
    if (op == BinaryOp.DIV && !x.dtype().isFloating() && search.firstZero(y) >= 0) {
      throw new ArithmeticException("/ by zero");
    }
    String kernel =
        op.isComparison()
            ? "compare_"
            : op == BinaryOp.POW && x.dtype().isFloating() ? "power_" : "binary_";
    BroadcastAxes axes = new BroadcastAxes(out.shape(), x.shape(), y.shape());
    boolean wide = axes.wide(out, x, y);
    axes.forEach(
        (starts, at) -> {
          Arguments arguments =
              new Arguments()
                  .put(from(x, starts[0]))
                  .put(from(y, starts[1]))
                  .put(0L)
                  .put(from(out, at))
                  .put(a)
                  .put(axes.size())
                  .put(op.ordinal());
          axes.describe(arguments, wide);
          launcher.quads(kernel + suffix(x.dtype()), axes.size(), arguments);
        });
  }

  private static long from(Array array, long element) {
    return array.address() + element * array.dtype().bytes();
  }

  void where(Array condition, Array x, Array y, Array out) {
    if (out.size() == 0) {
      return;
    }
    BroadcastAxes axes = new BroadcastAxes(out.shape(), x.shape(), y.shape(), condition.shape());
    boolean wide = axes.wide(out, x, y, condition);
    axes.forEach(
        (starts, at) -> {
          Arguments arguments =
              new Arguments()
                  .put(from(x, starts[0]))
                  .put(from(y, starts[1]))
                  .put(from(condition, starts[2]))
                  .put(from(out, at))
                  .put(0.0)
                  .put(axes.size())
                  .put(0);
          axes.describe(arguments, wide);
          launcher.quads("where_w" + out.dtype().bytes(), axes.size(), arguments);
        });
  }

  void axpy(double a, Array x, Array y) {
    Arguments arguments = new Arguments().put(a).put(x).put(y).put(x.size()).put(wide(x, y));
    if (x.dtype().isFloating()) {
      launcher.quads("axpy_" + suffix(x.dtype()), x.size(), arguments);
    } else if (x.dtype() != DType.BOOL) {
      launcher.threads("axpy_" + suffix(x.dtype()), x.size(), arguments);
    } else {
      throw new IllegalArgumentException("axpy adds numbers; BOOL arrays were given");
    }
  }
}
