package io.relata.cpu.dense;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import io.relata.spi.BinaryOp;
import java.lang.invoke.MethodHandles;

/** Template: a function of truth values, each a byte of 0 or 1, eight at a time. */
final class PlainLogic implements Loops.Binary {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final BinaryOp OP = KIND.op();

  /** A bit of every byte. */
  private static final long BYTES = 0x0101_0101_0101_0101L;

  /** What a copy is for. */
  record Kind(BinaryOp op) {
    /** Whether there is such a form. */
    static boolean covers(BinaryOp op) {
      return op == BinaryOp.AND || op == BinaryOp.OR || op == BinaryOp.XOR;
    }
  }

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
      row(x + r * xRow, xStep, y + r * yRow, yStep, out + r * n, n);
    }
  }

  private static void row(long x, int xStep, long y, int yStep, long out, long n) {
    long oneX = Native.getByte(x) * BYTES;
    long oneY = Native.getByte(y) * BYTES;
    long i = 0;
    for (; i + 8 <= n; i += 8) {
      long v = xStep == 0 ? oneX : Native.getLong(x + i);
      long w = yStep == 0 ? oneY : Native.getLong(y + i);
      Native.putLong(out + i, of(v, w));
    }
    for (; i < n; i++) {
      Native.putByte(
          out + i, (byte) of(Native.getByte(x + i * xStep), Native.getByte(y + i * yStep)));
    }
  }

  private static long of(long x, long y) {
    return OP == BinaryOp.AND ? x & y : OP == BinaryOp.OR ? x | y : x ^ y;
  }
}
