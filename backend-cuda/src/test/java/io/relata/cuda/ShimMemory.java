package io.relata.cuda;

import io.relata.spi.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The shim's "device memory": a region of the address space that nothing can touch unless {@link
 * #opened} runs, so that host code that dereferences a device address crashes here as it would on a
 * machine with a GPU. Fresh blocks hold NaNs, and what was written around a block is found when it
 * is released.
 */
final class ShimMemory implements DeviceMemory {
  private static final long REGION = 64L << 30;
  private static final long HUGE = 2L << 20;
  private static final long GUARD = 256;
  private static final byte POISON = (byte) 0xff;
  private static final byte FENCE = (byte) 0xa5;
  private static final int NOTHING = 0;
  private static final int READ_WRITE = 3;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle MPROTECT =
      function(
          "mprotect",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle MADVISE =
      function(
          "madvise",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle MMAP =
      function(
          "mmap",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle MUNMAP =
      function(
          "munmap",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private final long mapped;
  private final long base;
  private final long capacity;
  private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();
  private final Map<Long, Long> sizes = new HashMap<>();
  private long top;
  private long writable;
  private int depth;
  private long used;

  ShimMemory(long capacity) {
    this.capacity = capacity;
    // MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    mapped = (long) call(MMAP, 0L, REGION + HUGE, NOTHING, 0x4022, -1, 0L);
    if (mapped == -1) {
      throw new OutOfMemoryError("no address space for the shim");
    }
    base = (mapped + HUGE - 1) & -HUGE;
    top = base;
    writable = base;
    call(MADVISE, base, REGION, 14);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs {@code body} while the memory can be touched. */
  synchronized void opened(Runnable body) {
    long end = (top + HUGE - 1) & -HUGE;
    if (depth++ == 0 || end > writable) {
      protect(READ_WRITE, end);
      writable = end;
    }
    try {
      body.run();
    } finally {
      if (--depth == 0) {
        protect(NOTHING, writable);
      }
    }
  }

  private void protect(int access, long end) {
    try {
      if (end > base && (int) MPROTECT.invokeExact(base, end - base, access) != 0) {
        throw new OutOfMemoryError("mprotect refuses");
      }
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Device memory as a segment; touch it inside {@link #opened} only. */
  @SuppressWarnings("restricted")
  static MemorySegment segment(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  private static long slot(long bytes) {
    return (bytes + GUARD - 1 & -GUARD) + 2 * GUARD;
  }

  @Override
  public synchronized long allocate(long bytes) {
    if (used + bytes > capacity) {
      throw new OutOfMemoryError("the shim's limit of " + capacity + " bytes");
    }
    long slot = slot(bytes);
    ArrayDeque<Long> list = free.get(slot);
    long start;
    if (list != null && !list.isEmpty()) {
      start = list.pop();
    } else {
      start = top;
      if (start + slot > base + REGION) {
        throw new OutOfMemoryError("the shim's region is full");
      }
      top += slot;
    }
    long address = start + GUARD;
    opened(
        () -> {
          MemorySegment all = segment(start, slot);
          all.fill(FENCE);
          all.asSlice(GUARD, bytes).fill(POISON);
        });
    sizes.put(address, bytes);
    used += bytes;
    return address;
  }

  @Override
  public synchronized void release(long address, long bytes) {
    Long size = sizes.remove(address);
    if (size == null || size != bytes) {
      throw new IllegalStateException(
          "release of %x with %d bytes, allocated with %s".formatted(address, bytes, size));
    }
    used -= bytes;
    long slot = slot(bytes);
    opened(
        () -> {
          check(address - GUARD, GUARD, address, "before");
          check(address + bytes, slot - GUARD - bytes, address, "after");
          segment(address, bytes).fill(POISON);
        });
    free.computeIfAbsent(slot, _ -> new ArrayDeque<>()).push(address - GUARD);
  }

  private static void check(long at, long bytes, long block, String where) {
    MemorySegment fence = segment(at, bytes);
    for (long i = 0; i < bytes; i++) {
      if (fence.get(ValueLayout.JAVA_BYTE, i) != FENCE) {
        throw new IllegalStateException(
            "something wrote %s the block at %x, at byte %d"
                .formatted(where, block, at + i - block));
      }
    }
  }

  /** Blocks that were not released. */
  synchronized int blocks() {
    return sizes.size();
  }

  @Override
  public long capacity() {
    return capacity;
  }

  @Override
  public synchronized long allocated() {
    return used;
  }

  synchronized void close() {
    call(MUNMAP, mapped, REGION + HUGE);
  }

  /** For functions of the shim: a library's symbol as a method handle. */
  @SuppressWarnings("restricted")
  static MethodHandle handle(MemorySegment symbol, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol, FunctionDescriptor.of(result, arguments));
  }

  /** A C string that lives as long as its library. */
  @SuppressWarnings("restricted")
  static String text(MemorySegment pointer) {
    return pointer.reinterpret(Long.MAX_VALUE, Arena.global(), null).getString(0);
  }
}
