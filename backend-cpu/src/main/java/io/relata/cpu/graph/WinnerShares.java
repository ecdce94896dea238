package io.relata.cpu.graph;

import java.util.stream.IntStream;

/** Shares the positions of a plan out so that no two shares add to the same column. */
final class WinnerShares {
  /** Columns below which a share costs more in shared cache lines than it saves. */
  private static final int LEAST_COLUMNS = 8;

  private WinnerShares() {}

  /** All positions of one share. */
  static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /**
   * Positions by the column they add to, in ranges of about equal width.
   *
   * @param offsets column of each position
   * @param columns number of columns
   * @param most shares at most
   */
  static int[][] byColumn(int[] offsets, int columns, int most) {
    int shares = Math.clamp(columns / LEAST_COLUMNS, 1, most);
    int[][] result = new int[shares][];
    for (int k = 0; k < shares; k++) {
      int from = (int) ((long) columns * k / shares);
      int to = (int) ((long) columns * (k + 1) / shares);
      result[k] =
          IntStream.range(0, offsets.length)
              .filter(j -> offsets[j] >= from && offsets[j] < to)
              .toArray();
    }
    return result;
  }
}
