package io.relata.cpu;

import io.relata.DType;
import io.relata.Shape;
import io.relata.spi.Array;
import io.relata.spi.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.LongToDoubleFunction;

/** Arrays for tests, in memory that the garbage collector frees. */
public final class Samples {
  private Samples() {}

  private static final class Block extends Storage {
    private final MemorySegment segment;

    Block(long bytes) {
      segment = Arena.ofAuto().allocate(Math.max(1, bytes), 64);
    }

    @Override
    public long address() {
      return segment.address();
    }

    @Override
    public long bytes() {
      return segment.byteSize();
    }
  }

  /** An array of garbage: kernels must not rely on zeros. */
  public static Array empty(DType type, long... dims) {
    Shape shape = Shape.of(dims);
    Block block = new Block(shape.size() * type.bytes());
    block.segment.fill((byte) (type == DType.BOOL ? 1 : 0x5b));
    return new Array(block, 0, type, shape);
  }

  /** An array of function values, converted to the type. */
  public static Array of(DType type, LongToDoubleFunction f, long... dims) {
    Array a = empty(type, dims);
    for (long i = 0; i < a.size(); i++) {
      set(a, i, f.applyAsDouble(i));
    }
    return a;
  }

  /** Numbers between -3 and 3, whole for integers, 0 or 1 for BOOL. */
  public static Array random(DType type, long seed, long... dims) {
    Random r = new Random(seed);
    return of(
        type,
        i ->
            type == DType.BOOL
                ? r.nextInt(2)
                : type.isFloating() ? r.nextDouble(-3, 3) : r.nextInt(-9, 10),
        dims);
  }

  /** A copy in memory of its own. */
  public static Array copy(Array a) {
    return of(a.dtype(), i -> get(a, i), a.shape().dims());
  }

  /** Element i. */
  public static double get(Array a, long i) {
    MemorySegment s = Native.ALL;
    long at = a.address() + i * a.dtype().bytes();
    return switch (a.dtype()) {
      case FLOAT32 -> Native.getFloat(at);
      case FLOAT64 -> Native.getDouble(at);
      case FLOAT16 -> Native.getHalf(at);
      case BFLOAT16 -> Native.getBrainFloat(at);
      case INT32 -> Native.getInt(at);
      case INT64 -> s.get(java.lang.foreign.ValueLayout.JAVA_LONG, at);
      case BOOL -> s.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at);
    };
  }

  /** Sets element i. */
  public static void set(Array a, long i, double v) {
    MemorySegment s = Native.ALL;
    long at = a.address() + i * a.dtype().bytes();
    switch (a.dtype()) {
      case FLOAT32 -> Native.putFloat(at, (float) v);
      case FLOAT64 -> Native.putDouble(at, v);
      case FLOAT16 -> Native.putHalf(at, (float) v);
      case BFLOAT16 -> Native.putBrainFloat(at, (float) v);
      case INT32 -> Native.putInt(at, (int) v);
      case INT64 -> s.set(java.lang.foreign.ValueLayout.JAVA_LONG, at, (long) v);
      case BOOL -> s.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (v != 0 ? 1 : 0));
    }
  }

  /** All elements. */
  public static double[] values(Array a) {
    double[] v = new double[(int) a.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = get(a, i);
    }
    return v;
  }

  /** The bytes, for comparisons of bits. */
  public static byte[] bytes(Array a) {
    byte[] b = new byte[(int) a.bytes()];
    MemorySegment.copy(Native.ALL, a.address(), MemorySegment.ofArray(b), 0, b.length);
    java.lang.ref.Reference.reachabilityFence(a);
    return b;
  }
}
