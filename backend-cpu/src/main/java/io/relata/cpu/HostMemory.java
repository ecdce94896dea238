package io.relata.cpu;

import io.relata.spi.DeviceMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory from the C library, aligned to cache lines. The system gives addresses before it has
 * pages, so a limit of our own says when memory is out: {@code -Drelata.memory.limit} in bytes,
 * else four fifths of what the machine (or its container) has. On Linux large blocks ask for huge
 * pages, because picking rows from all over an array misses the translation of addresses as often
 * as the caches; {@code -Drelata.memory.hugePages=false} leaves that to the system.
 */
public final class HostMemory implements DeviceMemory {
  private static final long ALIGNMENT = 64;
  private static final long HUGE_PAGE = 2L << 20;
  private static final int MADV_HUGEPAGE = 14;
  private static final MethodHandle MALLOC =
      function("malloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  private static final MethodHandle FREE =
      function("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

  /** Null where the system is not asked for huge pages. */
  private static final MethodHandle MADVISE =
      System.getProperty("os.name").equals("Linux")
              && Boolean.parseBoolean(System.getProperty("relata.memory.hugePages", "true"))
          ? function(
              "madvise",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_INT))
          : null;

  private final long capacity;
  private final AtomicLong held = new AtomicLong();

  /** Frees what the runtime keeps for reuse, which a kernel that asks for memory may need. */
  private volatile Runnable shortage = () -> {};

  HostMemory(long capacity) {
    this.capacity = capacity;
  }

  /** Memory up to the limit that the property names, or up to the machine's. */
  public static HostMemory ofMachine() {
    Long limit = Long.getLong("relata.memory.limit");
    return new HostMemory(limit != null && limit > 0 ? limit : physical() / 5 * 4);
  }

  private static long physical() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  @Override
  public long allocate(long bytes) {
    if (!reserve(bytes)) {
      shortage.run();
      if (!reserve(bytes)) {
        throw above(bytes);
      }
    }
    boolean huge = MADVISE != null && bytes >= HUGE_PAGE;
    long alignment = huge ? HUGE_PAGE : ALIGNMENT;
    long block = malloc(bytes + alignment);
    if (block == 0) {
      held.addAndGet(-bytes);
      throw new OutOfMemoryError(bytes + " bytes asked, the system has no such block");
    }
    // The C library aligns to 16, so there is room for its address in front of ours.
    long address = (block + alignment) & -alignment;
    Native.ALL.set(ValueLayout.JAVA_LONG, address - Long.BYTES, block);
    if (huge) {
      askForHugePages(address, bytes & -HUGE_PAGE);
    }
    return address;
  }

  private boolean reserve(long bytes) {
    if (held.addAndGet(bytes) <= capacity) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  private OutOfMemoryError above(long bytes) {
    return new OutOfMemoryError(
        "%d bytes asked, %d of %d held (-Drelata.memory.limit)"
            .formatted(bytes, held.get(), capacity));
  }

  @Override
  public void onShortage(Runnable free) {
    shortage = free;
  }

  @Override
  public void release(long address, long bytes) {
    long block = Native.ALL.get(ValueLayout.JAVA_LONG, address - Long.BYTES);
    try {
      FREE.invokeExact(block);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    held.addAndGet(-bytes);
  }

  @Override
  public long capacity() {
    return capacity;
  }

  /** A wish: where the system refuses, the pages stay small and nothing else changes. */
  private static void askForHugePages(long address, long bytes) {
    try {
      int _ = (int) MADVISE.invokeExact(address, bytes, MADV_HUGEPAGE);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static long malloc(long bytes) {
    try {
      return (long) MALLOC.invokeExact(bytes);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
