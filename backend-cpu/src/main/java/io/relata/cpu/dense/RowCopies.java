package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.spi.Array;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Rows fetched from and added to places that an index names. */
final class RowCopies {
  /** From this many bytes on a bulk copy beats a loop of words. */
  private static final int BULK = 128;

  /** Columns worth a part of their own in {@link #scatterAdd}: two cache lines of floats. */
  private static final int PART = 32;

  private final Chunks chunks;

  RowCopies(Chunks chunks) {
    this.chunks = chunks;
  }

  void gather(Array table, Array index, Array out) {
    long from = table.address();
    long ids = index.address();
    long base = out.address();
    DType type = index.dtype();
    long bytes = table.shape().rowSize() * table.dtype().bytes();
    int width = table.dtype().bytes();
    chunks.units(
        index.size(),
        table.shape().rowSize(),
        (first, last) -> {
          for (long i = first; i < last; i++) {
            long source = from + Elements.integer(type, ids, i) * bytes;
            copy(source, base + i * bytes, bytes, width);
          }
        });
  }

  private static void copy(long from, long to, long bytes, int width) {
    if (bytes >= BULK) {
      MemorySegment.copy(Native.ALL, from, Native.ALL, to, bytes);
    } else {
      for (long b = 0; b < bytes; b += width) {
        Elements.copy(width, from + b, to + b);
      }
    }
  }

  /**
   * Every part of the output, a range of columns or of rows, is added to in ascending order of the
   * index by one thread: the number of parts does not show in the result.
   */
  void scatterAdd(Loops.Axpy add, Array x, Array index, Array out) {
    long width = out.shape().rowSize();
    long count = index.size();
    long rows = width == 0 ? 0 : out.size() / width;
    if (count * width == 0) {
      return;
    }
    int bytes = x.dtype().bytes();
    DType type = index.dtype();
    long ids = index.address();
    long from = x.address();
    long base = out.address();
    int parts = count * width < 2L * Chunks.ELEMENTS ? 1 : chunks.threads();
    boolean byColumn = width >= (long) PART * parts;
    chunks.tasks(
        parts,
        p -> {
          long total = byColumn ? width : rows;
          long first = total * p / parts;
          long last = total * (p + 1) / parts;
          long column = byColumn ? first : 0;
          long n = byColumn ? last - first : width;
          for (long i = 0; i < count; i++) {
            long row = Elements.integer(type, ids, i);
            if (byColumn || row >= first && row < last) {
              long at = column * bytes;
              add.run(1, from + i * width * bytes + at, base + row * width * bytes + at, n);
            }
          }
        });
  }

  long firstOutside(Array index, long limit) {
    AtomicLong found = new AtomicLong(Long.MAX_VALUE);
    long ids = index.address();
    DType type = index.dtype();
    chunks.elements(
        index.size(),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            // One unsigned comparison refuses negative ids as well.
            if (Long.compareUnsigned(Elements.integer(type, ids, i), limit) >= 0) {
              found.accumulateAndGet(i, Math::min);
              return;
            }
          }
        });
    return found.get() == Long.MAX_VALUE ? -1 : found.get();
  }
}
