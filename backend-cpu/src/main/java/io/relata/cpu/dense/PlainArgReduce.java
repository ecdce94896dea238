package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/** Template: position of the first extreme; a NaN counts as more extreme than any number. */
final class PlainArgReduce implements Loops.ArgReduce {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final boolean LARGEST = KIND.largest();
  private static final DType TYPE = KIND.type();
  private static final boolean REAL = TYPE.isFloating();

  /** What a copy is for. */
  record Kind(boolean largest, DType type) {}

  @Override
  public void run(long x, long n, long inner, long out) {
    for (long j = 0; j < inner; j++) {
      Elements.setInteger(
          DType.INT64, out, j, REAL ? real(x, n, inner, j) : integer(x, n, inner, j));
    }
  }

  private static long real(long x, long n, long inner, long j) {
    double best = Elements.real(TYPE, x, j);
    long at = 0;
    for (long i = 1; i < n && !Double.isNaN(best); i++) {
      double v = Elements.real(TYPE, x, i * inner + j);
      if (LARGEST ? !(v <= best) : !(v >= best)) {
        best = v;
        at = i;
      }
    }
    return at;
  }

  private static long integer(long x, long n, long inner, long j) {
    long best = Elements.integer(TYPE, x, j);
    long at = 0;
    for (long i = 1; i < n; i++) {
      long v = Elements.integer(TYPE, x, i * inner + j);
      if (LARGEST ? v > best : v < best) {
        best = v;
        at = i;
      }
    }
    return at;
  }
}
