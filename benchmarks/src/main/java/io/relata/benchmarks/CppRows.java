package io.relata.benchmarks;

import io.relata.spi.Array;
import io.relata.spi.RowIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A graph's rows as C++ takes them. */
record CppRows(MemorySegment struct) {
  private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  /** Hands the arrays of an index structure over, with the threads to work on it. */
  static CppRows of(RowIndex index, int threads) {
    MemorySegment blocks = Arena.global().allocateFrom(INT, index.blocks());
    MemorySegment struct = Arena.global().allocate(40, 8);
    Array ids = index.edgeIds();
    struct.setAtIndex(POINTER, 0, index.offsets().address());
    struct.setAtIndex(POINTER, 1, index.columns().address());
    struct.setAtIndex(POINTER, 2, ids == null ? 0 : ids.address());
    struct.setAtIndex(POINTER, 3, blocks.address());
    struct.setAtIndex(INT, 8, index.numBlocks());
    struct.setAtIndex(INT, 9, threads);
    return new CppRows(struct);
  }

  long address() {
    return struct.address();
  }
}
