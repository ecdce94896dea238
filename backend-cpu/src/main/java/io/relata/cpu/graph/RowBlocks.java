package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.cpu.Workers;
import io.relata.spi.RowIndex;

/**
 * The row blocks of an index, shared out to threads. Blocks hold about the same number of edges
 * except where one row has more than a block should; such blocks are begun first, so that no thread
 * begins one when the others have nothing left. What can be done in parts takes {@link HeavyRows}
 * out of them.
 */
final class RowBlocks {
  private RowBlocks() {}

  /** Work on some rows. */
  interface Body {
    /** Rows {@code from} to {@code to - 1} in one pass over columns. */
    void run(int pass, int from, int to);
  }

  /** Work on the part of a heavy row. */
  interface PartBody {
    /** One pass over the part of that number. */
    void run(int pass, int part);
  }

  /** Runs pass after pass over all blocks, so that one pass's columns have the caches alone. */
  static void forEach(Workers workers, RowIndex index, int passes, Body body) {
    forEach(workers, index, passes, body, HeavyRows.NONE, (_, _) -> {});
  }

  /** The same where heavy rows are left to {@code parts}, which each pass begins with. */
  static void forEach(
      Workers workers, RowIndex index, int passes, Body body, HeavyRows heavy, PartBody parts) {
    int[] blocks = index.blocks();
    int first = heavy.parts().size();
    int count = first + index.numBlocks();
    int[] order = order(index);
    workers.forEach(
        count * passes,
        i -> {
          int pass = i / count;
          int k = i % count;
          if (k < first) {
            parts.run(pass, k);
            return;
          }
          int b = order == null ? k - first : order[k - first];
          heavy.others(blocks[b], blocks[b + 1], (from, to) -> body.run(pass, from, to));
        });
  }

  /** Blocks of more than twice the average work first; null where there are none. */
  static int[] order(RowIndex index) {
    int[] blocks = index.blocks();
    int count = index.numBlocks();
    long offsets = index.offsets().address();
    long heavy = 2 * ((long) index.numRows() + index.numEdges()) / count;
    int found = 0;
    for (int b = 0; b < count; b++) {
      found += work(blocks, offsets, b) > heavy ? 1 : 0;
    }
    if (found == 0) {
      return null;
    }
    int[] order = new int[count];
    int first = 0;
    int other = found;
    for (int b = 0; b < count; b++) {
      order[work(blocks, offsets, b) > heavy ? first++ : other++] = b;
    }
    return order;
  }

  private static long work(int[] blocks, long offsets, int b) {
    return (long) Native.getInt(offsets + 4L * blocks[b + 1])
        - Native.getInt(offsets + 4L * blocks[b])
        + blocks[b + 1]
        - blocks[b];
  }
}
