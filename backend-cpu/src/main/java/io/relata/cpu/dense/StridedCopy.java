package io.relata.cpu.dense;

import io.relata.cpu.Native;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Copies a box of elements between two strided layouts. Axes are ordered by the output's strides
 * and merged where both sides allow it; then the last two are copied in bulk runs or in tiles.
 */
final class StridedCopy {
  /** Side of a tile: 32 lines of either side fit the first-level cache. */
  private static final int TILE = 32;

  private final int width;
  private final int rank;
  private final long[] sizes;
  private final long[] from;
  private final long[] to;

  StridedCopy(int width, long[] sizes, long[] fromStrides, long[] toStrides) {
    this.width = width;
    Integer[] order = new Integer[sizes.length];
    Arrays.setAll(order, i -> i);
    // Largest output stride first; among equals the order given.
    Arrays.sort(order, (i, j) -> Long.compare(Math.abs(toStrides[j]), Math.abs(toStrides[i])));
    long[] n = new long[sizes.length + 2];
    long[] f = new long[n.length];
    long[] t = new long[n.length];
    int axes = 0;
    for (int i = order.length - 1; i >= 0; i--) {
      int axis = order[i];
      if (sizes[axis] == 1) {
        continue;
      }
      if (axes > 0
          && fromStrides[axis] == f[axes - 1] * n[axes - 1]
          && toStrides[axis] == t[axes - 1] * n[axes - 1]) {
        n[axes - 1] *= sizes[axis];
      } else {
        n[axes] = sizes[axis];
        f[axes] = fromStrides[axis];
        t[axes] = toStrides[axis];
        axes++;
      }
    }
    for (; axes < 2; axes++) {
      n[axes] = 1;
    }
    this.rank = axes;
    this.sizes = n;
    this.from = f;
    this.to = t;
    preferUnitSource();
  }

  /** Where reading is along another axis than writing, that axis becomes the tile's other side. */
  private void preferUnitSource() {
    for (int i = 2; i < rank && from[0] != 1; i++) {
      if (from[i] == 1) {
        swap(sizes, i);
        swap(from, i);
        swap(to, i);
        return;
      }
    }
  }

  private static void swap(long[] a, int i) {
    long x = a[1];
    a[1] = a[i];
    a[i] = x;
  }

  void run(Chunks chunks, long x, long out) {
    for (int i = 0; i < rank; i++) {
      if (sizes[i] == 0) {
        return;
      }
    }
    long rows = 1;
    for (int i = 1; i < rank; i++) {
      rows *= sizes[i];
    }
    if (rows == 1 && from[0] == 1 && to[0] == 1) {
      long bytes = sizes[0] * width;
      chunks.elements(
          bytes, (a, b) -> MemorySegment.copy(Native.ALL, x + a, Native.ALL, out + a, b - a));
      return;
    }
    chunks.units(
        rows,
        sizes[0],
        (first, last) -> {
          for (long r = first; r < last; ) {
            long count = Math.min(last - r, sizes[1] - r % sizes[1]);
            rows(x + offset(r, from), out + offset(r, to), count);
            r += count;
          }
        });
  }

  private long offset(long row, long[] strides) {
    long at = 0;
    for (int i = 1; i < rank; i++) {
      at += row % sizes[i] * strides[i];
      row /= sizes[i];
    }
    return at * width;
  }

  private void rows(long x, long out, long count) {
    long n = sizes[0];
    if (from[0] == 1 && to[0] == 1) {
      for (long r = 0; r < count; r++) {
        MemorySegment.copy(
            Native.ALL, x + r * from[1] * width, Native.ALL, out + r * to[1] * width, n * width);
      }
      return;
    }
    for (long r = 0; r < count; r += TILE) {
      for (long c = 0; c < n; c += TILE) {
        tile(
            x + (r * from[1] + c * from[0]) * width,
            out + (r * to[1] + c * to[0]) * width,
            (int) Math.min(TILE, count - r),
            (int) Math.min(TILE, n - c));
      }
    }
  }

  private void tile(long x, long out, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      long source = x + r * from[1] * width;
      long target = out + r * to[1] * width;
      for (int c = 0; c < columns; c++) {
        Elements.copy(width, source + c * from[0] * width, target + c * to[0] * width);
      }
    }
  }
}
