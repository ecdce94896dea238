package io.relata.cuda;

import io.relata.spi.DeviceMemory;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A device of the tests: the kernel sources compiled for the host, in memory that the host code
 * cannot touch. Every other launch runs its threads in descending order, so that a missing barrier
 * changes results.
 */
final class ShimDevice implements Device {
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  // The libraries are loaded once a process and have one set of globals.
  private static final ReentrantLock LAUNCH = new ReentrantLock();
  private static final Map<String, Kernel> KERNELS = new ConcurrentHashMap<>();

  private static final class Libraries {
    static final List<SymbolLookup> ALL =
        ShimCompiler.libraries().stream().map(Libraries::load).toList();

    @SuppressWarnings("restricted")
    private static SymbolLookup load(Path library) {
      return SymbolLookup.libraryLookup(library, Arena.global());
    }
  }

  private record Kernel(MethodHandle run, long size) {
    static Kernel find(String name) {
      MemorySegment run = symbol("relata_host_" + name);
      MethodHandle size = ShimMemory.handle(symbol("relata_size_" + name), ValueLayout.JAVA_LONG);
      try {
        return new Kernel(
            ShimMemory.handle(
                run,
                POINTER,
                POINTER,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT),
            (long) size.invokeExact());
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    private static MemorySegment symbol(String name) {
      return Libraries.ALL.stream()
          .flatMap(l -> l.find(name).stream())
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no kernel source has " + name));
    }
  }

  private final ShimMemory memory;
  private long launches;

  ShimDevice() {
    this(4L << 30);
  }

  ShimDevice(long capacity) {
    memory = new ShimMemory(capacity);
  }

  /** Whether this machine has the compiler that it takes. */
  static boolean isPossible() {
    return ShimCompiler.compiler().isPresent();
  }

  @Override
  public String id() {
    return "cuda:shim";
  }

  @Override
  public String description() {
    return "CUDA kernels compiled for the host, a test tool";
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public int multiprocessors() {
    // Few, so that grid-stride loops go round several times.
    return 3;
  }

  @Override
  public int sharedBytesPerBlock() {
    return 48 << 10;
  }

  @Override
  public void copyIn(MemorySegment host, long to) {
    memory.opened(() -> ShimMemory.segment(to, host.byteSize()).copyFrom(host));
  }

  @Override
  public void copyOut(long from, MemorySegment host) {
    memory.opened(() -> host.copyFrom(ShimMemory.segment(from, host.byteSize())));
  }

  @Override
  public void copy(long from, long to, long bytes) {
    memory.opened(() -> ShimMemory.segment(to, bytes).copyFrom(ShimMemory.segment(from, bytes)));
  }

  @Override
  public void zero(long at, long bytes) {
    memory.opened(() -> ShimMemory.segment(at, bytes).fill((byte) 0));
  }

  @Override
  public Temporary temporary(long bytes) {
    // No reuse: every temporary starts as NaNs and is checked when it ends.
    long size = Math.max(1, bytes);
    long address = memory.allocate(size);
    return new Temporary() {
      private boolean closed;

      @Override
      public long address() {
        return address;
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          memory.release(address, size);
        }
      }
    };
  }

  @Override
  public void launch(
      String kernel,
      int gridX,
      int gridY,
      int gridZ,
      int block,
      int sharedBytes,
      Arguments arguments) {
    Device.checkLaunch(kernel, gridX, gridY, gridZ, block, sharedBytes, sharedBytesPerBlock());
    Kernel k = KERNELS.computeIfAbsent(kernel, Kernel::find);
    ByteBuffer bytes = arguments.bytes();
    if (bytes.remaining() != k.size) {
      throw new IllegalArgumentException(
          "%s takes a struct of %d bytes, the arguments have %d"
              .formatted(kernel, k.size, bytes.remaining()));
    }
    LAUNCH.lock();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(k.size, 16);
      struct.copyFrom(MemorySegment.ofBuffer(bytes));
      int descending = (int) (launches++ & 1);
      memory.opened(
          () -> run(k, kernel, struct, gridX, gridY, gridZ, block, sharedBytes, descending));
    } finally {
      LAUNCH.unlock();
    }
  }

  private static void run(
      Kernel k,
      String name,
      MemorySegment struct,
      int gridX,
      int gridY,
      int gridZ,
      int block,
      int sharedBytes,
      int descending) {
    MemorySegment error;
    try {
      error =
          (MemorySegment)
              k.run.invokeExact(struct, gridX, gridY, gridZ, block, sharedBytes, descending);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (error.address() != 0) {
      throw new IllegalStateException(name + ": " + ShimMemory.text(error));
    }
  }

  @Override
  public void synchronize() {
    // Everything has run when its call returns.
  }

  /** Blocks that were not released. */
  int blocks() {
    return memory.blocks();
  }

  /** Fails where {@code names} are not all kernels of the sources. */
  static void requireKernels(Stream<String> names) {
    names.forEach(n -> KERNELS.computeIfAbsent(n, Kernel::find));
  }

  @Override
  public void close() {
    memory.close();
  }
}
