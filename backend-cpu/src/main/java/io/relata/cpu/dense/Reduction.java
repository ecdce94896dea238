package io.relata.cpu.dense;

/**
 * Cuts a reduction of (outer, n, inner) along n into pieces whose places depend on the sizes alone:
 * at most {@link #ROW} elements of a row, or {@link #COLUMN} rows of a column. Partial results are
 * doubles (longs for integers), merged in ascending order.
 */
final class Reduction {
  /** Longest piece of a contiguous row. */
  static final int ROW = Chunks.ELEMENTS;

  /** Longest piece of a column; short enough for a sum of floats to stay accurate. */
  static final int COLUMN = 256;

  /** Widest run of columns that one task takes. */
  private static final int WIDTH = 2_048;

  private Reduction() {}

  static void run(
      Chunks chunks,
      Loops.Reduce loop,
      int bytes,
      long x,
      long outer,
      long n,
      long inner,
      long out) {
    if (outer == 0 || inner == 0) {
      return;
    }
    if (inner == 1) {
      rows(chunks, loop, bytes, x, outer, n, out);
    } else {
      columns(chunks, loop, bytes, x, outer, n, inner, out);
    }
  }

  private static void rows(
      Chunks chunks, Loops.Reduce loop, int bytes, long x, long outer, long n, long out) {
    if (n <= ROW) {
      chunks.units(
          outer,
          n,
          (from, to) ->
              loop.rows(x + from * n * bytes, to - from, n, n, out + from * bytes, null, 0));
      return;
    }
    int pieces = Math.toIntExact((n + ROW - 1) / ROW);
    long[] partial = new long[Math.toIntExact(outer * pieces)];
    chunks.tasks(
        partial.length,
        i -> {
          long start = (long) (i % pieces) * ROW;
          long length = Math.min(ROW, n - start);
          loop.rows(x + (i / pieces * n + start) * bytes, 1, length, n, 0, partial, i);
        });
    for (int o = 0; o < outer; o++) {
      loop.merge(partial, o * pieces, pieces, 1, 1, out + (long) o * bytes);
    }
  }

  private static void columns(
      Chunks chunks,
      Loops.Reduce loop,
      int bytes,
      long x,
      long outer,
      long n,
      long inner,
      long out) {
    long blocks = (inner + WIDTH - 1) / WIDTH;
    int pieces = Math.toIntExact(Math.max(1, (n + COLUMN - 1) / COLUMN));
    long[] partial = pieces == 1 ? null : new long[Math.toIntExact(outer * pieces * inner)];
    long each = Math.min(n, COLUMN) * Math.min(inner, WIDTH);
    chunks.units(
        outer * pieces * blocks,
        each,
        (from, to) -> {
          for (long t = from; t < to; t++) {
            long block = t % blocks * WIDTH;
            long piece = t / blocks % pieces;
            long o = t / blocks / pieces;
            int width = (int) Math.min(WIDTH, inner - block);
            loop.columns(
                x + ((o * n + piece * COLUMN) * inner + block) * bytes,
                Math.min(COLUMN, n - piece * COLUMN),
                inner,
                width,
                out + (o * inner + block) * bytes,
                partial,
                partial == null ? 0 : (int) ((o * pieces + piece) * inner + block));
          }
        });
    if (partial != null) {
      int stride = (int) inner;
      for (int o = 0; o < outer; o++) {
        long to = out + o * inner * bytes;
        loop.merge(partial, o * pieces * stride, pieces, stride, stride, to);
      }
    }
  }
}
