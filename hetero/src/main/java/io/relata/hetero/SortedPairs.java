package io.relata.hetero;

import java.util.Arrays;

/** The edges of a relation by source, destination and id, to find those between two nodes. */
final class SortedPairs {
  private final int[] offsets;

  /** In each source's row, ascending: the destination in the upper half, the id in the lower. */
  private final long[] slots;

  SortedPairs(CompressedRows out) {
    offsets = out.offsets();
    slots = new long[out.edges().length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = key(out.columns()[i], out.edges()[i]);
    }
    for (int u = 0; u < out.numRows(); u++) {
      Arrays.sort(slots, offsets[u], offsets[u + 1]);
    }
  }

  private static long key(int dst, int edge) {
    return (long) dst << Integer.SIZE | edge;
  }

  /** Ids of the edges from u to v, ascending. O(log degree of u), and the answer. */
  int[] between(int u, int v) {
    int from = lower(u, v);
    int to = from;
    while (to < offsets[u + 1] && (int) (slots[to] >>> Integer.SIZE) == v) {
      to++;
    }
    int[] ids = new int[to - from];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) slots[from + i];
    }
    return ids;
  }

  /** The smallest id of the edges from u to v, or -1. */
  int first(int u, int v) {
    int at = lower(u, v);
    return at < offsets[u + 1] && (int) (slots[at] >>> Integer.SIZE) == v ? (int) slots[at] : -1;
  }

  private int lower(int u, int v) {
    int found = Arrays.binarySearch(slots, offsets[u], offsets[u + 1], key(v, 0));
    return found >= 0 ? found : -found - 1;
  }

  /** All edge ids in this order. */
  int[] edges() {
    return Arrays.stream(slots).mapToInt(slot -> (int) slot).toArray();
  }
}
