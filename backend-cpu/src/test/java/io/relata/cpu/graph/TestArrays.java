package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.Shape;
import io.relata.cpu.Native;
import io.relata.spi.Array;
import io.relata.spi.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntToDoubleFunction;

/** Off-heap arrays for tests, without a runtime; freed when unreachable. */
final class TestArrays {
  private TestArrays() {}

  private static final class SegmentStorage extends Storage {
    private final MemorySegment segment;

    SegmentStorage(long bytes) {
      segment = Arena.ofAuto().allocate(Math.max(64, bytes), 64);
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

  /** An array of zeros. */
  static Array zeros(DType dtype, long... shape) {
    Shape s = Shape.of(shape);
    return new Array(new SegmentStorage(s.size() * dtype.bytes()), 0, dtype, s);
  }

  static Array ints(int... values) {
    Array a = zeros(DType.INT32, values.length);
    for (int i = 0; i < values.length; i++) {
      Native.putInt(a.address() + 4L * i, values[i]);
    }
    return a;
  }

  static Array fill(Array a, IntToDoubleFunction value) {
    for (int i = 0; i < a.size(); i++) {
      set(a, i, value.applyAsDouble(i));
    }
    return a;
  }

  static void set(Array a, int i, double value) {
    switch (a.dtype()) {
      case FLOAT32 -> Native.putFloat(a.address() + 4L * i, (float) value);
      case FLOAT64 -> Native.putDouble(a.address() + 8L * i, value);
      case FLOAT16 -> Native.putHalf(a.address() + 2L * i, (float) value);
      case BFLOAT16 -> Native.putBrainFloat(a.address() + 2L * i, (float) value);
      default -> Native.putInt(a.address() + 4L * i, (int) value);
    }
  }

  static double get(Array a, long i) {
    return switch (a.dtype()) {
      case FLOAT32 -> Native.getFloat(a.address() + 4L * i);
      case FLOAT64 -> Native.getDouble(a.address() + 8L * i);
      case FLOAT16 -> Native.getHalf(a.address() + 2L * i);
      case BFLOAT16 -> Native.getBrainFloat(a.address() + 2L * i);
      default -> Native.getInt(a.address() + 4L * i);
    };
  }

  /** All elements, exactly. */
  static double[] values(Array a) {
    double[] result = new double[(int) a.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = get(a, i);
    }
    return result;
  }
}
