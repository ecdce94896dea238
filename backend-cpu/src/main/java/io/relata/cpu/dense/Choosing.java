package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Native;
import java.lang.foreign.MemorySegment;

/** Takes each element from one of two rows, as a condition says; any type of a given width. */
final class Choosing {
  private Choosing() {}

  /** A piece of a row: addresses of the condition and of both operands, with steps 0 or 1. */
  interface Row {
    void run(long condition, int cStep, long x, int xStep, long y, int yStep, long out, long n);
  }

  /** The loop for elements of a width, on vectors where they may run. */
  static Row row(boolean vector, int width) {
    Row some =
        vector && width == Float.BYTES && VectorChoose.RUNS ? VectorChoose::row : plain(width);
    return (c, cStep, x, xStep, y, yStep, out, n) -> {
      if (cStep == 0) {
        boolean first = Elements.integer(DType.BOOL, c, 0) != 0;
        whole(width, first ? x : y, first ? xStep : yStep, out, n);
      } else {
        some.run(c, cStep, x, xStep, y, yStep, out, n);
      }
    };
  }

  /** One operand for the whole row. */
  private static void whole(int width, long from, int step, long out, long n) {
    if (step == 1) {
      MemorySegment.copy(Native.ALL, from, Native.ALL, out, n * width);
      return;
    }
    for (long i = 0; i < n; i++) {
      Elements.copy(width, from, out + i * width);
    }
  }

  private static Row plain(int width) {
    return (c, cStep, x, xStep, y, yStep, out, n) -> {
      for (long i = 0; i < n; i++) {
        boolean first = Elements.integer(DType.BOOL, c, i) != 0;
        long from = first ? x + i * xStep * width : y + i * yStep * width;
        Elements.copy(width, from, out + i * width);
      }
    };
  }
}
