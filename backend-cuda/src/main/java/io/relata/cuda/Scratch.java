package io.relata.cuda;

import io.relata.spi.DeviceMemory;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Blocks for {@link Device#temporary}. A block that was given back serves the next caller at once
 * that wants at least half of it: all use is ordered by the one stream.
 */
final class Scratch {
  private final DeviceMemory memory;
  private TreeMap<Long, ArrayDeque<Long>> free = new TreeMap<>();

  Scratch(DeviceMemory memory) {
    this.memory = memory;
  }

  Device.Temporary take(long bytes) {
    Block block = block(sizeClass(bytes));
    return new Device.Temporary() {
      private boolean closed;

      @Override
      public long address() {
        return block.address;
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          giveBack(block);
        }
      }
    };
  }

  private record Block(long address, long size) {}

  /** Eight classes a doubling, as the runtime's pool has, from 4096 on. */
  private static long sizeClass(long bytes) {
    long step = Math.max(4096, Long.highestOneBit(Math.max(bytes, 2) - 1) >> 3);
    return Math.max(1, (bytes + step - 1) / step) * step;
  }

  private Block block(long size) {
    synchronized (this) {
      Map.Entry<Long, ArrayDeque<Long>> fit = free.ceilingEntry(size);
      if (fit != null && fit.getKey() <= 2 * size) {
        Block block = new Block(fit.getValue().pop(), fit.getKey());
        if (fit.getValue().isEmpty()) {
          free.remove(fit.getKey());
        }
        return block;
      }
    }
    return new Block(memory.allocate(size), size);
  }

  private synchronized void giveBack(Block block) {
    free.computeIfAbsent(block.size, _ -> new ArrayDeque<>()).push(block.address);
  }

  /** Returns idle blocks to the device. */
  void trim() {
    Map<Long, ArrayDeque<Long>> idle;
    synchronized (this) {
      idle = free;
      free = new TreeMap<>();
    }
    idle.forEach((size, list) -> list.forEach(a -> memory.release(a, size)));
  }
}
