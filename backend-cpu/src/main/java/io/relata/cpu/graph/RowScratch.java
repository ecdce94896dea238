package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A block of memory per thread for the numbers of some rows, kept and grown to the most seen. */
final class RowScratch {
  private static final ThreadLocal<MemorySegment> BLOCK =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  /** Edges taken at a time, so that the numbers of each stay in the nearest cache. */
  private static final int EDGES = 1_024;

  private RowScratch() {}

  /** Where the rows end that are taken together: at least one, of so many edges at most. */
  static int chunk(long offsets, int from, int to) {
    return chunk(offsets, from, to, EDGES);
  }

  /** The same with another number of edges. */
  static int chunk(long offsets, int from, int to, int edges) {
    long limit = (long) getInt(offsets + 4L * from) + edges;
    int until = from + 1;
    while (until < to && getInt(offsets + 4L * until + 4) <= limit) {
      until++;
    }
    return until;
  }

  /** Address of at least {@code bytes} bytes, good until this thread asks again. */
  static long block(long bytes) {
    MemorySegment block = BLOCK.get();
    if (block.byteSize() < bytes) {
      block = Arena.ofAuto().allocate(Math.max(4096, 2 * bytes), 64);
      BLOCK.set(block);
    }
    return block.address();
  }
}
