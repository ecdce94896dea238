package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.ReduceOp;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;

/** Template: sums, products and extremes in double or long arithmetic. */
final class PlainReduce implements Loops.Reduce {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final ReduceOp OP = KIND.op();
  private static final DType TYPE = KIND.type();
  private static final boolean REAL = TYPE.isFloating();

  /** What a copy is for. */
  record Kind(ReduceOp op, DType type) {}

  @Override
  public void rows(long x, long rows, long n, long stride, long out, long[] partial, int at) {
    for (long r = 0; r < rows; r++) {
      if (REAL) {
        double result = realRow(x + r * stride * TYPE.bytes(), n);
        if (partial == null) {
          Elements.setReal(TYPE, out, r, result);
        } else {
          partial[at + (int) r] = Double.doubleToRawLongBits(result);
        }
      } else {
        long result = integerRow(x + r * stride * TYPE.bytes(), n);
        if (partial == null) {
          Elements.setInteger(TYPE, out, r, result);
        } else {
          partial[at + (int) r] = result;
        }
      }
    }
  }

  /** Four running results hide the latency of one and shorten the error of a sum. */
  private static double realRow(long x, long n) {
    double a = realStart();
    double b = a;
    double c = a;
    double d = a;
    long i = 0;
    for (; i + 4 <= n; i += 4) {
      a = combine(a, Elements.real(TYPE, x, i));
      b = combine(b, Elements.real(TYPE, x, i + 1));
      c = combine(c, Elements.real(TYPE, x, i + 2));
      d = combine(d, Elements.real(TYPE, x, i + 3));
    }
    for (; i < n; i++) {
      a = combine(a, Elements.real(TYPE, x, i));
    }
    return combine(combine(a, b), combine(c, d));
  }

  private static long integerRow(long x, long n) {
    long result = integerStart();
    for (long i = 0; i < n; i++) {
      result = combine(result, Elements.integer(TYPE, x, i));
    }
    return result;
  }

  @Override
  public void columns(long x, long n, long stride, int width, long out, long[] partial, int at) {
    if (REAL) {
      double[] sums = new double[width];
      Arrays.fill(sums, realStart());
      for (long r = 0; r < n; r++) {
        for (int j = 0; j < width; j++) {
          sums[j] = combine(sums[j], Elements.real(TYPE, x, r * stride + j));
        }
      }
      for (int j = 0; j < width; j++) {
        if (partial == null) {
          Elements.setReal(TYPE, out, j, sums[j]);
        } else {
          partial[at + j] = Double.doubleToRawLongBits(sums[j]);
        }
      }
    } else {
      long[] sums = new long[width];
      Arrays.fill(sums, integerStart());
      for (long r = 0; r < n; r++) {
        for (int j = 0; j < width; j++) {
          sums[j] = combine(sums[j], Elements.integer(TYPE, x, r * stride + j));
        }
      }
      for (int j = 0; j < width; j++) {
        if (partial == null) {
          Elements.setInteger(TYPE, out, j, sums[j]);
        } else {
          partial[at + j] = sums[j];
        }
      }
    }
  }

  @Override
  public void merge(long[] partial, int at, int pieces, int stride, int count, long out) {
    for (int j = 0; j < count; j++) {
      if (REAL) {
        double result = realStart();
        for (int p = 0; p < pieces; p++) {
          result = combine(result, Double.longBitsToDouble(partial[at + p * stride + j]));
        }
        Elements.setReal(TYPE, out, j, result);
      } else {
        long result = integerStart();
        for (int p = 0; p < pieces; p++) {
          result = combine(result, partial[at + p * stride + j]);
        }
        Elements.setInteger(TYPE, out, j, result);
      }
    }
  }

  private static double realStart() {
    if (OP == ReduceOp.SUM) {
      return 0;
    }
    if (OP == ReduceOp.PROD) {
      return 1;
    }
    return OP == ReduceOp.MAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  private static long integerStart() {
    if (OP == ReduceOp.SUM) {
      return 0;
    }
    if (OP == ReduceOp.PROD) {
      return 1;
    }
    return OP == ReduceOp.MAX ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  private static double combine(double x, double y) {
    if (OP == ReduceOp.SUM) {
      return x + y;
    }
    if (OP == ReduceOp.PROD) {
      return x * y;
    }
    return OP == ReduceOp.MAX ? Math.max(x, y) : Math.min(x, y);
  }

  private static long combine(long x, long y) {
    if (OP == ReduceOp.SUM) {
      return x + y;
    }
    if (OP == ReduceOp.PROD) {
      return x * y;
    }
    return OP == ReduceOp.MAX ? Math.max(x, y) : Math.min(x, y);
  }
}
