package io.relata;

import io.relata.spi.DeviceMemory;
import io.relata.spi.Storage;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reuses a backend's memory in size-classed blocks, so that a training loop allocates and
 * page-faults only in its first step. A block comes back when its scope closes, or when the
 * collector finds that nothing reaches its storage. Because off-heap blocks hang on tiny heap
 * objects, the pool asks for a collection itself when what is live has doubled since the last one.
 */
final class BlockPool {
  /** Below this many live bytes the pool never asks for a collection. */
  private static final long COLLECT_FLOOR = 512L << 20;

  private final DeviceMemory memory;
  private final String backend;
  private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();
  private final Set<Handle> handles = new HashSet<>();
  private final ReferenceQueue<Block> unreachable = new ReferenceQueue<>();
  private long live;
  private long cached;
  private long peak;
  private long requests;
  private long fresh;
  private long collectAt = COLLECT_FLOOR;
  private boolean closed;

  BlockPool(DeviceMemory memory, String backend) {
    this.memory = memory;
    this.backend = backend;
    memory.onShortage(this::trim);
  }

  /** The storage of some tensors. */
  static final class Block extends Storage {
    private final Handle handle;
    private final long bytes;
    volatile Scope scope;

    /** Whether it came back because a walk back had passed what read it. */
    private volatile boolean walked;

    private Block(BlockPool pool, long address, long bytes) {
      this.bytes = bytes;
      this.handle = new Handle(this, pool.unreachable, address, bytes);
    }

    @Override
    public long address() {
      long a = handle.address;
      if (a == 0) {
        throw freed();
      }
      return a;
    }

    private RelataException freed() {
      if (walked) {
        return RelataException.of(
                ErrorId.LIFETIME,
                "The tensor was freed with its record: a walk back has passed what it was for")
            .remedy(
                "call backward(gradient, true) first where the same record is walked back again,"
                    + " or run the forward pass again")
            .build();
      }
      return RelataException.of(
              ErrorId.LIFETIME, "The tensor was freed, by its scope or by zeroGrad")
          .remedy("call keep() on what must outlive a scope, or close the scope later")
          .build();
    }

    @Override
    public long bytes() {
      return bytes;
    }

    boolean isFreed() {
      return handle.address == 0;
    }
  }

  private static final class Handle extends PhantomReference<Block> {
    volatile long address;
    final long bytes;

    Handle(Block block, ReferenceQueue<Block> queue, long address, long bytes) {
      super(block, queue);
      this.address = address;
      this.bytes = bytes;
    }
  }

  /** Rounds up to one of eight classes per doubling, so that at most an eighth is wasted. */
  static long sizeClass(long bytes) {
    if (bytes <= 512) {
      return Math.max(64, (bytes + 63) & -64);
    }
    long step = Math.max(64, Long.highestOneBit(bytes - 1) >> 3);
    return (bytes + step - 1) / step * step;
  }

  synchronized Block allocate(long wanted) {
    if (closed) {
      throw RelataException.of(ErrorId.LIFETIME, "The runtime is closed").build();
    }
    long bytes = sizeClass(wanted);
    drain();
    requests++;
    if (live + bytes > collectAt) {
      collect();
      collectAt = Math.max(COLLECT_FLOOR, 2 * (live + bytes));
    }
    long address = take(bytes);
    Block block = new Block(this, address, bytes);
    handles.add(block.handle);
    live += bytes;
    mark();
    return block;
  }

  /** What the backend allocated beside our blocks. */
  private long own() {
    return Math.max(0, memory.allocated() - live - cached);
  }

  /** The backend's share only grows between our calls, so it is looked at when ours changes. */
  private void mark() {
    peak = Math.max(peak, live + own());
  }

  private long take(long bytes) {
    ArrayDeque<Long> list = free.get(bytes);
    if (list != null && !list.isEmpty()) {
      cached -= bytes;
      return list.pop();
    }
    for (int attempt = 0; ; attempt++) {
      try {
        if (live + cached + own() + bytes > memory.capacity()) {
          throw new OutOfMemoryError("above the limit");
        }
        long address = memory.allocate(bytes);
        fresh++;
        return address;
      } catch (OutOfMemoryError e) {
        if (attempt == 0) {
          trim();
        } else if (attempt == 1) {
          collect();
          trim();
        } else {
          long free = memory.available();
          throw RelataException.of(ErrorId.OUT_OF_MEMORY, "Out of memory on " + backend)
              .expected(bytes + " more bytes")
              .found(
                  live
                      + " bytes live, "
                      + cached
                      + " cached, "
                      + (own() == 0 ? "" : own() + " the backend's, ")
                      + memory.capacity()
                      + " the limit"
                      + (free < 0 ? "" : ", " + free + " free on the device"))
              .remedy(
                  "close scopes earlier, use smaller batches, or raise -Drelata.memory.limit=BYTES")
              .cause(e)
              .build();
        }
      }
    }
  }

  synchronized void free(Block block) {
    Handle h = block.handle;
    h.clear();
    giveBack(h);
  }

  /** The same for memory that was given to a record which is now walked back. */
  synchronized void freeWalked(Block block) {
    // A scope may have freed it before, and that is then what its reader has to know.
    if (!block.isFreed()) {
      block.walked = true;
      free(block);
    }
  }

  private void giveBack(Handle h) {
    if (h.address != 0 && handles.remove(h)) {
      mark();
      live -= h.bytes;
      cached += h.bytes;
      free.computeIfAbsent(h.bytes, _ -> new ArrayDeque<>()).push(h.address);
      h.address = 0;
    }
  }

  private void drain() {
    for (Reference<? extends Block> r = unreachable.poll(); r != null; r = unreachable.poll()) {
      giveBack((Handle) r);
    }
  }

  private void collect() {
    long before = live;
    System.gc();
    // The collector enqueues references a moment after it is done.
    for (int i = 0; i < 10; i++) {
      drain();
      if (live < before) {
        break;
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    drain();
  }

  /**
   * Gives cached blocks back to the backend, and what the backend keeps for reuse to the device.
   */
  synchronized void trim() {
    mark();
    free.forEach((bytes, list) -> list.forEach(a -> memory.release(a, bytes)));
    free.clear();
    cached = 0;
    memory.trim();
  }

  synchronized MemoryStats stats() {
    drain();
    mark();
    return new MemoryStats(live, cached, own(), peak, requests, fresh, handles.size());
  }

  synchronized void resetPeak() {
    drain();
    peak = live + own();
  }

  synchronized void close() {
    closed = true;
    for (Handle h : handles) {
      h.clear();
      memory.release(h.address, h.bytes);
      h.address = 0;
    }
    handles.clear();
    trim();
    live = 0;
  }
}
