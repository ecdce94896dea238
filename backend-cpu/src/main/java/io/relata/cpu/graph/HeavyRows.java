package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putInt;

import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows with so many edges that one thread should not have them alone (a hub, a global node, the
 * readout of one whole graph), cut into parts of about the edges of a block. The cuts depend on the
 * graph alone.
 *
 * @param parts ordered by row, and inside a row by slot
 */
record HeavyRows(List<Part> parts) {
  static final HeavyRows NONE = new HeavyRows(List.of());

  /**
   * Blocks' worth of edges above which a row is cut. At 256 blocks, the most there are, a row that
   * stays whole is a 64th of the work, and begun first it delays nobody. The largest row of an
   * R-MAT graph of 20 edges a node holds two and a half.
   */
  private static final int BLOCKS = 4;

  /** Slots {@code begin} to {@code end - 1} of a row. */
  record Part(int row, int begin, int end) {
    /** The work of the part; good until this thread asks for other memory of {@link RowScratch}. */
    RowTask of(RowTask task) {
      return of(task, task.out(), task.winners());
    }

    /** The same with the result in another place; a loop is told the row's number all the same. */
    RowTask of(RowTask task, long out, long winners) {
      long bounds = RowScratch.block(8);
      putInt(bounds, begin);
      putInt(bounds + 4, end);
      return task.part(bounds - 4L * row, out, winners);
    }
  }

  /** Some rows, from one to before another. */
  interface Rows {
    void run(int from, int to);
  }

  /** Those of a product; of halves none, since the sum of a part must not be rounded to a half. */
  static HeavyRows of(SpmmCall call) {
    return call.dtype().isHalf() ? NONE : of(call.index());
  }

  static HeavyRows of(RowIndex index) {
    if (index.numEdges() == 0) {
      return NONE;
    }
    long work = (long) index.numRows() + index.numEdges();
    long block = work / index.numBlocks();
    long most = BLOCKS * block;
    if (index.numEdges() <= most) {
      return NONE;
    }
    int[] blocks = index.blocks();
    long offsets = index.offsets().address();
    List<Part> parts = new ArrayList<>();
    for (int b = 0; b < index.numBlocks(); b++) {
      if (edges(offsets, blocks[b], blocks[b + 1]) <= most) {
        continue;
      }
      for (int v = blocks[b]; v < blocks[b + 1]; v++) {
        if (edges(offsets, v, v + 1) > most) {
          cut(parts, v, getInt(offsets + 4L * v), getInt(offsets + 4L * v + 4), block);
        }
      }
    }
    return parts.isEmpty() ? NONE : new HeavyRows(parts);
  }

  private static int edges(long offsets, int from, int to) {
    return getInt(offsets + 4L * to) - getInt(offsets + 4L * from);
  }

  private static void cut(List<Part> parts, int row, int begin, int end, long block) {
    long edges = (long) end - begin;
    int count = (int) Math.ceilDiv(edges, Math.max(1, block));
    for (int p = 0; p < count; p++) {
      int from = begin + (int) (edges * p / count);
      parts.add(new Part(row, from, begin + (int) (edges * (p + 1) / count)));
    }
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Hands out the rows {@code from} to {@code to - 1} without the heavy ones. */
  void others(int from, int to, Rows body) {
    int start = from;
    for (Part p : parts) {
      if (p.row() >= start && p.row() < to) {
        if (p.row() > start) {
          body.run(start, p.row());
        }
        start = p.row() + 1;
      }
    }
    if (to > start) {
      body.run(start, to);
    }
  }
}
