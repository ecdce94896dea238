package io.relata.cuda;

import static io.relata.cuda.Launcher.lanes;
import static io.relata.cuda.Launcher.suffix;

import io.relata.DType;
import io.relata.spi.Array;

/**
 * Rows fetched from and added to places that an index names. Additions to one row go in ascending
 * order of the index, without atomics: the index is sorted first, stably, by radix.
 */
final class DenseRows {
  // As in rows.cu.
  private static final int TILE = 4096;
  private static final int DIGITS = 256;
  private static final int DIGIT_BITS = 8;
  private static final int RUN = 256;

  /** Rows added at a time: positions are 32 bits wide. */
  private static final long SLICE = 1L << 30;

  private final Launcher launcher;
  private final Device device;

  DenseRows(Launcher launcher) {
    this.launcher = launcher;
    this.device = launcher.device();
  }

  void gather(Array table, Array index, Array out) {
    long bytes = table.shape().rowSize() * table.dtype().bytes();
    if (bytes == 0) {
      return;
    }
    long unit = unit(bytes | table.address() | out.address());
    long units = bytes / unit;
    int lanes = lanes(units);
    launcher.threads(
        "gather_w" + unit,
        index.size() * lanes,
        new Arguments()
            .put(table)
            .put(index)
            .put(out)
            .put(index.size())
            .put(units)
            .put(lanes)
            .put(index.dtype() == DType.INT64 ? 1 : 0));
  }

  /** The widest access, up to 16 bytes, that divides all of what is combined in {@code bits}. */
  static long unit(long bits) {
    return Math.min(16, Long.lowestOneBit(bits | 16));
  }

  void scatterAdd(Array x, Array index, Array out) {
    long width = out.shape().rowSize();
    long rows = width == 0 ? 0 : out.size() / width;
    if (width == 0 || index.size() == 0) {
      return;
    }
    int targets = Math.toIntExact(rows);
    long row = width * x.dtype().bytes();
    for (long first = 0; first < index.size(); first += SLICE) {
      int n = (int) Math.min(SLICE, index.size() - first);
      Addition addition =
          new Addition(x.dtype(), x.address() + first * row, out.address(), width, n);
      scatterAdd(addition, index.address() + first * index.dtype().bytes(), index.dtype(), targets);
    }
  }

  /** {@code n} rows of {@code width} elements to be added. */
  private record Addition(DType type, long x, long out, long width, int n) {
    boolean wide() {
      return width % Launcher.QUAD == 0
          && Launcher.aligned(x, type.bytes())
          && Launcher.aligned(out, type.bytes());
    }
  }

  private void scatterAdd(Addition a, long index, DType indexType, int targets) {
    long list = (long) a.n * Integer.BYTES;
    int blocks = (a.n + TILE - 1) / TILE;
    try (Device.Temporary keys = device.temporary(2 * list);
        Device.Temporary positions = device.temporary(2 * list);
        Device.Temporary counts = device.temporary((long) DIGITS * (blocks + 1L) * Integer.BYTES)) {
      int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(targets - 1));
      int passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
      for (int pass = 0; pass < passes; pass++) {
        // Two halves of each list by turns; the first pass reads the index itself.
        long from = (pass + 1) % 2 * list;
        long to = pass % 2 * list;
        Arguments arguments =
            new Arguments()
                .put(pass == 0 ? index : keys.address() + from)
                .put(pass == 0 ? 0 : positions.address() + from)
                .put(keys.address() + to)
                .put(positions.address() + to)
                .put(counts.address())
                .put((long) a.n)
                .put(blocks)
                .put(pass * DIGIT_BITS)
                .put(pass == 0 && indexType == DType.INT64 ? 1 : 0);
        launcher.exactly("sort_count", blocks, arguments);
        launcher.exactly("sort_scan", DIGITS, arguments);
        launcher.exactly("sort_place", blocks, arguments);
      }
      long sorted = (passes + 1) % 2 * list;
      add(a, keys.address() + sorted, positions.address() + sorted);
    }
  }

  private void add(Addition a, long keys, long positions) {
    boolean wide = a.wide();
    long width = wide ? a.width / Launcher.QUAD : a.width;
    int lanes = lanes(width);
    boolean pieces = a.n > RUN;
    long sumBytes = pieces ? Math.ceilDiv(a.n, RUN) * a.width * a.type.bytes() : 0;
    try (Device.Temporary sums = device.temporary(sumBytes)) {
      Arguments arguments =
          new Arguments()
              .put(a.x)
              .put(a.out)
              .put(sums.address())
              .put(keys)
              .put(positions)
              .put((long) a.n)
              .put(width)
              .put(lanes);
      String kernel = (wide ? "wide_" : "") + suffix(a.type);
      launcher.threads("scatter_add_" + kernel, (long) a.n * lanes, arguments);
      if (pieces) {
        launcher.threads("scatter_pieces_" + kernel, (long) a.n * lanes, arguments);
      }
    }
  }
}
