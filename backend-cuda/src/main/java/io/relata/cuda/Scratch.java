package io.relata.cuda;

import io.relata.spi.DeviceMemory;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Blocks for {@link Device#temporary}, in powers of two. A block that was given back serves the
 * next caller at once: all use is ordered by the one stream.
 */
final class Scratch {
  private final DeviceMemory memory;
  private final Map<Long, ArrayDeque<Long>> free = new TreeMap<>();

  Scratch(DeviceMemory memory) {
    this.memory = memory;
  }

  Device.Temporary take(long bytes) {
    long size = Math.max(4096, Long.highestOneBit(Math.max(bytes, 2) - 1) << 1);
    long address = block(size);
    return new Device.Temporary() {
      private boolean closed;

      @Override
      public long address() {
        return address;
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          giveBack(address, size);
        }
      }
    };
  }

  private long block(long size) {
    synchronized (this) {
      ArrayDeque<Long> list = free.get(size);
      if (list != null && !list.isEmpty()) {
        return list.pop();
      }
    }
    return memory.allocate(size);
  }

  private synchronized void giveBack(long address, long size) {
    free.computeIfAbsent(size, _ -> new ArrayDeque<>()).push(address);
  }

  /** Returns idle blocks to the device; says whether there were any. */
  boolean trim() {
    Map<Long, ArrayDeque<Long>> idle;
    synchronized (this) {
      idle = new TreeMap<>(free);
      free.clear();
    }
    idle.forEach((size, list) -> list.forEach(a -> memory.release(a, size)));
    return !idle.isEmpty();
  }
}
