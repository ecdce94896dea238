package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.UnaryOp;
import java.lang.invoke.MethodHandles;

/**
 * Template: an elementwise function of one array, in double or long arithmetic. Choices are chains
 * of comparisons of constants, not switches, because the compiler cannot fold the table of an enum
 * switch; they are cut into methods small enough to be inlined.
 */
final class PlainUnary implements Loops.Unary {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final UnaryOp OP = KIND.op();
  private static final DType TYPE = KIND.type();
  private static final boolean REAL = TYPE.isFloating();
  private static final boolean TRANSCENDENTAL =
      OP.compareTo(UnaryOp.EXP) >= 0 && OP.compareTo(UnaryOp.ERF) <= 0;

  /** What a copy is for. */
  record Kind(UnaryOp op, DType type) {}

  @Override
  public void run(long x, long out, long n, double a, double b) {
    if (REAL) {
      for (long i = 0; i < n; i++) {
        double v = Elements.real(TYPE, x, i);
        Elements.setReal(TYPE, out, i, TRANSCENDENTAL ? transcendental(v) : arithmetic(v, a, b));
      }
    } else {
      boolean whole = a == Math.rint(a) && b == Math.rint(b);
      for (long i = 0; i < n; i++) {
        Elements.setInteger(TYPE, out, i, integer(Elements.integer(TYPE, x, i), a, b, whole));
      }
    }
  }

  private static double transcendental(double x) {
    if (OP == UnaryOp.EXP) {
      return Math.exp(x);
    }
    if (OP == UnaryOp.EXPM1) {
      return Math.expm1(x);
    }
    if (OP == UnaryOp.LOG) {
      return Math.log(x);
    }
    if (OP == UnaryOp.LOG1P) {
      return Math.log1p(x);
    }
    if (OP == UnaryOp.SIN) {
      return Math.sin(x);
    }
    if (OP == UnaryOp.COS) {
      return Math.cos(x);
    }
    if (OP == UnaryOp.TANH) {
      return Math.tanh(x);
    }
    if (OP == UnaryOp.SIGMOID) {
      return 1 / (1 + Math.exp(-x));
    }
    if (OP == UnaryOp.SOFTPLUS) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
    return ErrorFunction.erf(x);
  }

  private static double arithmetic(double x, double a, double b) {
    if (OP == UnaryOp.NEG) {
      return -x;
    }
    if (OP == UnaryOp.ABS) {
      return Math.abs(x);
    }
    if (OP == UnaryOp.SIGN) {
      return Math.signum(x);
    }
    if (OP == UnaryOp.SQUARE) {
      return x * x;
    }
    if (OP == UnaryOp.SQRT) {
      return Math.sqrt(x);
    }
    if (OP == UnaryOp.RSQRT) {
      return 1 / Math.sqrt(x);
    }
    if (OP == UnaryOp.RECIPROCAL) {
      return 1 / x;
    }
    if (OP == UnaryOp.AFFINE) {
      return a * x + b;
    }
    if (OP == UnaryOp.RDIV) {
      return a / x;
    }
    return OP == UnaryOp.POW || OP == UnaryOp.RPOW ? power(x, a) : piecewise(x, a, b);
  }

  private static double power(double x, double a) {
    return OP == UnaryOp.POW ? Math.pow(x, a) : Math.pow(a, x);
  }

  private static double piecewise(double x, double a, double b) {
    if (OP == UnaryOp.RELU) {
      return x <= 0 ? 0 : x;
    }
    if (OP == UnaryOp.LEAKY_RELU) {
      return x > 0 ? x : a * x;
    }
    if (OP == UnaryOp.ELU) {
      return x > 0 ? x : a * Math.expm1(x);
    }
    if (OP == UnaryOp.FLOOR) {
      return Math.floor(x);
    }
    if (OP == UnaryOp.CEIL) {
      return Math.ceil(x);
    }
    if (OP == UnaryOp.ROUND) {
      return Math.rint(x);
    }
    return Math.min(Math.max(x, a), b);
  }

  private static long integer(long x, double a, double b, boolean whole) {
    if (OP == UnaryOp.NEG) {
      return -x;
    }
    if (OP == UnaryOp.ABS) {
      return Math.abs(x);
    }
    if (OP == UnaryOp.SIGN) {
      return Long.signum(x);
    }
    if (OP == UnaryOp.SQUARE) {
      return x * x;
    }
    if (OP == UnaryOp.AFFINE) {
      // Whole numbers stay exact beyond 2^53.
      return whole ? (long) a * x + (long) b : (long) (a * x + b);
    }
    return Math.min(Math.max(x, (long) a), (long) b);
  }
}
