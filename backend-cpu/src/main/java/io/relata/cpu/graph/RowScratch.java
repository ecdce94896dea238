package io.relata.cpu.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A block of memory per thread for the numbers of one row, kept and grown to the largest row seen.
 */
final class RowScratch {
  private static final ThreadLocal<MemorySegment> BLOCK =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  private RowScratch() {}

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
