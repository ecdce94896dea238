package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.BinaryOp;
import java.lang.invoke.MethodHandles;

/**
 * Template: an elementwise function of two arrays, in double or long arithmetic; see {@link
 * PlainUnary}.
 */
final class PlainBinary implements Loops.Binary {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final BinaryOp OP = KIND.op();
  private static final DType TYPE = KIND.type();
  private static final boolean REAL = TYPE.isFloating();
  private static final boolean COMPARISON = OP.isComparison();
  private static final boolean GRADIENT = OP.compareTo(BinaryOp.RELU_GRAD) >= 0;

  /** What a copy is for; the type is the operands'. */
  record Kind(BinaryOp op, DType type) {}

  @Override
  public void run(
      long x,
      long xRow,
      int xStep,
      long y,
      long yRow,
      int yStep,
      long out,
      long rows,
      long n,
      double a) {
    for (long r = 0; r < rows; r++) {
      for (long i = 0; i < n; i++) {
        element(x, r * xRow + i * xStep, y, r * yRow + i * yStep, out, r * n + i, a);
      }
    }
  }

  private static void element(long x, long i, long y, long j, long out, long k, double a) {
    if (REAL) {
      double v = Elements.real(TYPE, x, i);
      double w = Elements.real(TYPE, y, j);
      if (COMPARISON) {
        Elements.setBool(out, k, compare(v, w));
      } else {
        Elements.setReal(TYPE, out, k, GRADIENT ? gradient(v, w, a) : arithmetic(v, w));
      }
    } else {
      long v = Elements.integer(TYPE, x, i);
      long w = Elements.integer(TYPE, y, j);
      if (COMPARISON) {
        Elements.setBool(out, k, compare(v, w));
      } else {
        Elements.setInteger(TYPE, out, k, arithmetic(v, w));
      }
    }
  }

  private static boolean compare(double x, double y) {
    if (OP == BinaryOp.EQ) {
      return x == y;
    }
    if (OP == BinaryOp.NE) {
      return x != y;
    }
    if (OP == BinaryOp.LT) {
      return x < y;
    }
    if (OP == BinaryOp.LE) {
      return x <= y;
    }
    return OP == BinaryOp.GT ? x > y : x >= y;
  }

  private static boolean compare(long x, long y) {
    if (OP == BinaryOp.AND) {
      return (x & y) != 0;
    }
    if (OP == BinaryOp.OR) {
      return (x | y) != 0;
    }
    if (OP == BinaryOp.EQ) {
      return x == y;
    }
    if (OP == BinaryOp.NE || OP == BinaryOp.XOR) {
      return x != y;
    }
    if (OP == BinaryOp.LT) {
      return x < y;
    }
    if (OP == BinaryOp.LE) {
      return x <= y;
    }
    return OP == BinaryOp.GT ? x > y : x >= y;
  }

  private static double arithmetic(double x, double y) {
    if (OP == BinaryOp.ADD) {
      return x + y;
    }
    if (OP == BinaryOp.SUB) {
      return x - y;
    }
    if (OP == BinaryOp.MUL) {
      return x * y;
    }
    if (OP == BinaryOp.DIV) {
      return x / y;
    }
    if (OP == BinaryOp.POW) {
      return Math.pow(x, y);
    }
    return OP == BinaryOp.MAX ? Math.max(x, y) : Math.min(x, y);
  }

  private static long arithmetic(long x, long y) {
    if (OP == BinaryOp.ADD) {
      return x + y;
    }
    if (OP == BinaryOp.SUB) {
      return x - y;
    }
    if (OP == BinaryOp.MUL) {
      return x * y;
    }
    if (OP == BinaryOp.DIV) {
      return x / y;
    }
    if (OP == BinaryOp.POW) {
      return power(x, y);
    }
    return OP == BinaryOp.MAX ? Math.max(x, y) : Math.min(x, y);
  }

  private static long power(long x, long y) {
    if (y < 0) {
      return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    for (long base = x, e = y; e != 0; e >>= 1, base *= base) {
      result = (e & 1) != 0 ? result * base : result;
    }
    return result;
  }

  private static double gradient(double x, double y, double a) {
    if (OP == BinaryOp.RELU_GRAD) {
      return y > 0 ? x : 0;
    }
    if (OP == BinaryOp.LEAKY_RELU_GRAD) {
      return y > 0 ? x : a * x;
    }
    if (OP == BinaryOp.ELU_GRAD) {
      return y > 0 ? x : x * (y + a);
    }
    return OP == BinaryOp.SIGMOID_GRAD ? x * y * (1 - y) : x * (1 - y * y);
  }
}
