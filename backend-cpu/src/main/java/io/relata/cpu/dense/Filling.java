package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.spi.Array;
import java.lang.foreign.MemorySegment;

/** Arrays set to a constant or a progression. */
final class Filling {
  /** Elements written one by one before the rest is copied from them. */
  private static final long PATTERN = 512;

  private Filling() {}

  static void fill(Chunks chunks, Array out, double value) {
    long base = out.address();
    DType type = out.dtype();
    int width = type.bytes();
    boolean zero = Double.doubleToRawLongBits(value) == 0;
    chunks.elements(
        out.size(),
        (from, to) -> {
          if (zero) {
            Native.ALL.asSlice(base + from * width, (to - from) * width).fill((byte) 0);
            return;
          }
          long pattern = Math.min(PATTERN, to - from);
          for (long i = from; i < from + pattern; i++) {
            Elements.setReal(type, base, i, value);
          }
          for (long i = from + pattern; i < to; i += pattern) {
            long bytes = Math.min(pattern, to - i) * width;
            MemorySegment.copy(
                Native.ALL, base + from * width, Native.ALL, base + i * width, bytes);
          }
        });
  }

  static void range(Chunks chunks, Array out, double start, double step) {
    long base = out.address();
    DType type = out.dtype();
    chunks.elements(
        out.size(),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            Elements.setReal(type, base, i, start + i * step);
          }
        });
  }
}
