package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.DType;
import io.relata.Shape;
import io.relata.cpu.Native;
import io.relata.cpu.Workers;
import io.relata.cpu.dense.CpuDenseKernels;
import io.relata.spi.Array;
import io.relata.spi.DenseKernels;
import io.relata.spi.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The GPU's dense kernels on the tests' device, beside the CPU's plain ones, which compute in
 * doubles. What is checked runs three times on the device: twice on aligned arrays, where threads
 * and blocks may run in either order, and once on arrays that start one element later. All three
 * must give the same bits. A test class registers it as an extension, which opens the device before
 * its tests, or skips them where there can be none, and closes it after them.
 */
final class DenseFixture implements BeforeAllCallback, AfterAllCallback {
  private final Workers workers = new Workers(1);
  private final CpuDenseKernels cpu = new CpuDenseKernels(workers, false);
  private final List<Block> blocks = new ArrayList<>();
  private ShimDevice device;
  private CudaDenseKernels gpu;

  private static final class Block extends Storage {
    private final long address;
    private final long bytes;
    // Keeps host memory.
    private final MemorySegment segment;

    Block(long address, long bytes, MemorySegment segment) {
      this.address = address;
      this.bytes = bytes;
      this.segment = segment;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long bytes() {
      return segment == null ? bytes : segment.byteSize();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    device = new ShimDevice();
    gpu = new CudaDenseKernels(device, new KnownIntegers());
  }

  DenseKernels cpu() {
    return cpu;
  }

  DenseKernels gpu() {
    return gpu;
  }

  /** An array in host memory. */
  static Array of(DType type, LongToDoubleFunction f, long... dims) {
    Array a = garbage(type, dims);
    for (long i = 0; i < a.size(); i++) {
      set(a, i, f.applyAsDouble(i));
    }
    return a;
  }

  private static Array garbage(DType type, long... dims) {
    Shape shape = Shape.of(dims);
    MemorySegment segment =
        Arena.ofAuto().allocate(Math.max(1, shape.size() * type.bytes()), 64).fill((byte) 1);
    return new Array(new Block(segment.address(), 0, segment), 0, type, shape);
  }

  /** Numbers between -3 and 3, whole for integers, 0 or 1 for BOOL. */
  static Array random(DType type, long seed, long... dims) {
    Random r = new Random(seed);
    return of(
        type,
        _ ->
            type == DType.BOOL
                ? r.nextInt(2)
                : type.isFloating() ? r.nextDouble(-3, 3) : r.nextInt(-9, 10),
        dims);
  }

  static double get(Array a, long i) {
    long at = a.address() + i * a.dtype().bytes();
    double v =
        switch (a.dtype()) {
          case FLOAT32 -> Native.getFloat(at);
          case FLOAT64 -> Native.getDouble(at);
          case FLOAT16 -> Native.getHalf(at);
          case BFLOAT16 -> Native.getBrainFloat(at);
          case INT32 -> Native.getInt(at);
          case INT64 -> Native.getLong(at);
          case BOOL -> Native.ALL.get(ValueLayout.JAVA_BYTE, at);
        };
    Reference.reachabilityFence(a);
    return v;
  }

  static void set(Array a, long i, double v) {
    long at = a.address() + i * a.dtype().bytes();
    switch (a.dtype()) {
      case FLOAT32 -> Native.putFloat(at, (float) v);
      case FLOAT64 -> Native.putDouble(at, v);
      case FLOAT16 -> Native.putHalf(at, (float) v);
      case BFLOAT16 -> Native.putBrainFloat(at, (float) v);
      case INT32 -> Native.putInt(at, (int) v);
      case INT64 -> Native.putLong(at, (long) v);
      case BOOL -> Native.ALL.set(ValueLayout.JAVA_BYTE, at, (byte) (v != 0 ? 1 : 0));
    }
    Reference.reachabilityFence(a);
  }

  /** A copy on the device, {@code skip} elements behind an aligned address. */
  Array onDevice(Array host, int skip) {
    long lead = (long) skip * host.dtype().bytes();
    long bytes = Math.max(1, host.bytes() + lead);
    Block block = new Block(device.memory().allocate(bytes), bytes, null);
    blocks.add(block);
    Array copy = new Array(block, lead, host.dtype(), host.shape());
    if (host.size() > 0) {
      device.copyIn(Native.ALL.asSlice(host.address(), host.bytes()), copy.address());
    }
    Reference.reachabilityFence(host);
    return copy;
  }

  /** A copy in host memory. */
  Array onHost(Array array) {
    Array copy = garbage(array.dtype(), array.shape().dims());
    if (array.size() > 0) {
      device.copyOut(array.address(), Native.ALL.asSlice(copy.address(), copy.bytes()));
    }
    Reference.reachabilityFence(copy);
    return copy;
  }

  static byte[] bytes(Array a) {
    byte[] b = new byte[(int) a.bytes()];
    MemorySegment.copy(Native.ALL, a.address(), MemorySegment.ofArray(b), 0, b.length);
    Reference.reachabilityFence(a);
    return b;
  }

  /** Gives the device's arrays back, and finds what kernels wrote beside them or did not free. */
  void release() {
    blocks.forEach(b -> device.memory().release(b.address, b.bytes));
    blocks.clear();
    assertThat(device.blocks()).as("temporaries left").isZero();
  }

  /**
   * Runs a call on both backends; the last array is the output.
   *
   * @param tolerance of the difference, relative to one more than the expected number's size; for
   *     integers and BOOL there is none
   */
  void check(String what, double tolerance, BiConsumer<DenseKernels, Array[]> call, Array... host) {
    byte[] first = null;
    for (int skip : new int[] {0, 0, 1}) {
      Array[] own = new Array[host.length];
      for (int i = 0; i < host.length; i++) {
        // One array may be given twice.
        for (int j = 0; j < i; j++) {
          own[i] = host[j] == host[i] ? own[j] : own[i];
        }
        own[i] = own[i] == null ? onDevice(host[i], skip) : own[i];
      }
      call.accept(gpu, own);
      Array found = onHost(own[own.length - 1]);
      release();
      if (first == null) {
        first = bytes(found);
        Array expected = copy(host[host.length - 1]);
        Array[] theirs = host.clone();
        for (int i = 0; i < host.length; i++) {
          theirs[i] = host[i] == host[host.length - 1] ? expected : host[i];
        }
        call.accept(cpu, theirs);
        close(what, tolerance, expected, found);
      } else {
        assertThat(bytes(found)).as("%s, run again, skip %d", what, skip).isEqualTo(first);
      }
    }
  }

  private static Array copy(Array a) {
    Array copy = garbage(a.dtype(), a.shape().dims());
    MemorySegment.copy(Native.ALL, a.address(), Native.ALL, copy.address(), a.bytes());
    Reference.reachabilityFence(a);
    return copy;
  }

  static void close(String what, double tolerance, Array expected, Array found) {
    for (long i = 0; i < expected.size(); i++) {
      double e = get(expected, i);
      double f = get(found, i);
      boolean same = Double.compare(e, f) == 0 || e == f;
      boolean close =
          expected.dtype().isFloating() && Math.abs(e - f) <= tolerance * (1 + Math.abs(e));
      if (!same && !(close && !Double.isInfinite(e))) {
        assertThat(f).as("%s: element %d of %s", what, i, expected.shape()).isEqualTo(e);
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (device != null) {
      device.close();
    }
    workers.close();
  }
}
