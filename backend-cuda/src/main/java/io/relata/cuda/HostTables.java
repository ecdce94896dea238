package io.relata.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * Device copies of small host tables that calls bring along again and again, such as the offsets of
 * a {@link io.relata.spi.FeaturePlan}. A table is known by its identity, must not change, and its
 * copy goes when the collector takes the table.
 */
final class HostTables {
  private final Device device;
  private final Map<Key, Copy> copies = new HashMap<>();
  private final ReferenceQueue<int[]> unreachable = new ReferenceQueue<>();

  HostTables(Device device) {
    this.device = device;
  }

  private record Copy(long address, long bytes) {}

  /** Equal to another key of the same array; survives it. */
  private static final class Key extends WeakReference<int[]> {
    private final int hash;

    Key(int[] table, ReferenceQueue<int[]> queue) {
      super(table, queue);
      hash = System.identityHashCode(table);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      int[] table = get();
      return table != null && other instanceof Key k && k.refersTo(table);
    }
  }

  /**
   * Address of the table's copy, 0 for null; good for launches while the caller keeps the table.
   */
  synchronized long address(int[] table) {
    if (table == null) {
      return 0;
    }
    for (Reference<?> r = unreachable.poll(); r != null; r = unreachable.poll()) {
      Copy gone = copies.remove((Key) r);
      device.memory().release(gone.address, gone.bytes);
    }
    Copy copy = copies.get(new Key(table, null));
    if (copy == null) {
      long bytes = Math.max(4L, 4L * table.length);
      copy = new Copy(device.memory().allocate(bytes), bytes);
      device.copyIn(MemorySegment.ofArray(table), copy.address);
      copies.put(new Key(table, unreachable), copy);
    }
    return copy.address;
  }

  /** Frees all copies. */
  synchronized void close() {
    copies.values().forEach(c -> device.memory().release(c.address, c.bytes));
    copies.clear();
  }
}
