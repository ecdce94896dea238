package io.relata.cuda;

import java.util.Arrays;

/**
 * Copies boxes of elements between two strided layouts. Axes are ordered by the output's strides
 * and merged where both sides allow it; then neighbours are copied in units as wide as both sides
 * are aligned, or, where reading runs along another axis than writing, in tiles.
 */
final class DenseCopies {
  /** Shortest side for which a tile is worth it. */
  private static final long SIDE = 8;

  /** Elements along a side of a tile; the source says the same. */
  private static final long TILE = 32;

  private final Launcher launcher;

  DenseCopies(Launcher launcher) {
    this.launcher = launcher;
  }

  /** Axes from the innermost outwards, strides in elements. */
  private record Box(long[] sizes, long[] from, long[] to) {
    int rank() {
      return sizes.length;
    }

    long count(int first, int end) {
      long n = 1;
      for (int i = first; i < Math.min(end, rank()); i++) {
        n *= sizes[i];
      }
      return n;
    }

    static Box of(long[] sizes, long[] fromStrides, long[] toStrides) {
      Integer[] order = new Integer[sizes.length];
      Arrays.setAll(order, i -> i);
      // Smallest output stride first; among equals the last of the order given.
      Arrays.sort(
          order,
          (i, j) -> {
            int byStride = Long.compare(Math.abs(toStrides[i]), Math.abs(toStrides[j]));
            return byStride != 0 ? byStride : Integer.compare(j, i);
          });
      long[] n = new long[sizes.length + 1];
      long[] f = new long[n.length];
      long[] t = new long[n.length];
      int axes = 0;
      for (int axis : order) {
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
      if (axes == 0) {
        n[0] = 1;
        f[0] = 1;
        t[0] = 1;
        axes = 1;
      }
      return new Box(Arrays.copyOf(n, axes), Arrays.copyOf(f, axes), Arrays.copyOf(t, axes));
    }

    boolean isRun() {
      return from[0] == 1 && to[0] == 1;
    }

    /** This box with the axis along which neighbours are read as the second, or null. */
    Box forTiles() {
      if (to[0] != 1 || sizes[0] < SIDE) {
        return null;
      }
      for (int i = 1; i < rank(); i++) {
        if (from[i] == 1 && sizes[i] >= SIDE) {
          return new Box(swapped(sizes, i), swapped(from, i), swapped(to, i));
        }
      }
      return null;
    }

    private static long[] swapped(long[] a, int i) {
      long[] b = a.clone();
      b[1] = a[i];
      b[i] = a[1];
      return b;
    }

    /** This box in units of {@code each} elements along the first axis. */
    Box inUnits(long each) {
      long[] n = sizes.clone();
      long[] f = new long[rank()];
      long[] t = new long[rank()];
      n[0] /= each;
      for (int i = 0; i < rank(); i++) {
        f[i] = i == 0 ? 1 : from[i] / each;
        t[i] = i == 0 ? 1 : to[i] / each;
      }
      return new Box(n, f, t);
    }
  }

  /**
   * Copies.
   *
   * @param width bytes of an element
   * @param x address of the first element read
   * @param out address of the first element written
   */
  void copy(int width, long[] sizes, long x, long[] xStrides, long out, long[] outStrides) {
    for (long size : sizes) {
      if (size == 0) {
        return;
      }
    }
    Box box = Box.of(sizes, xStrides, outStrides);
    if (box.isRun() && box.rank() == 1) {
      launcher.device().copy(x, out, box.sizes[0] * width);
      return;
    }
    Box tiles = box.forTiles();
    if (tiles != null) {
      outer(tiles, width, x, out, (from, to) -> transpose(tiles, width, from, to));
      return;
    }
    long unit = box.isRun() ? unit(box, width, x, out) : width;
    Box units = box.isRun() ? box.inUnits(unit / width) : box;
    outer(
        box,
        width,
        x,
        out,
        (from, to) -> {
          long n = units.count(0, BroadcastAxes.MOST);
          launcher.threads("copy_w" + unit, n, arguments(units, n, from, to));
        });
  }

  /** The widest unit of which both sides' rows and addresses are multiples. */
  private static long unit(Box box, int width, long x, long out) {
    long bits = x | out | box.sizes[0] * width;
    for (int i = 1; i < box.rank(); i++) {
      bits |= Math.abs(box.from[i] * width) | Math.abs(box.to[i] * width);
    }
    return Math.max(width, DenseRows.unit(bits));
  }

  private void transpose(Box box, int width, long x, long out) {
    long tiles =
        Math.ceilDiv(box.sizes[0], TILE)
            * Math.ceilDiv(box.sizes[1], TILE)
            * box.count(2, BroadcastAxes.MOST);
    launcher.blocks("transpose_w" + width, tiles, arguments(box, tiles, x, out));
  }

  private interface Launch {
    void run(long from, long to);
  }

  /** A launch for each place of the axes that a kernel does not take. */
  private static void outer(Box box, int width, long x, long out, Launch launch) {
    long places = box.count(BroadcastAxes.MOST, box.rank());
    for (long p = 0; p < places; p++) {
      long rest = p;
      long from = 0;
      long to = 0;
      for (int i = BroadcastAxes.MOST; i < box.rank(); i++) {
        from += rest % box.sizes[i] * box.from[i];
        to += rest % box.sizes[i] * box.to[i];
        rest /= box.sizes[i];
      }
      launch.run(x + from * width, out + to * width);
    }
  }

  private static Arguments arguments(Box box, long n, long x, long out) {
    int rank = Math.min(box.rank(), BroadcastAxes.MOST);
    Arguments arguments = new Arguments().put(x).put(out).put(n).put((long) rank);
    for (long[] values : new long[][] {box.sizes, box.from, box.to}) {
      for (int i = 0; i < BroadcastAxes.MOST; i++) {
        arguments.put(i < rank ? values[i] : 0);
      }
    }
    return arguments;
  }
}
