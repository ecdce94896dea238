package io.relata.cuda;

import io.relata.spi.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a kernel's struct: members are put in their order in the source, each aligned to its
 * own size as C++ does. Numbers are checked by nobody, so a {@code long long} needs {@link
 * #put(long)}, not {@link #put(int)}; the tests' device compares the size with the struct's.
 */
final class Arguments {
  /** What CUDA allows. */
  private static final int MOST = 4096;

  private ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
  private int alignment = 1;

  private void align(int size) {
    alignment = Math.max(alignment, size);
    int at = (bytes.position() + size - 1) & -size;
    if (at + size > bytes.capacity()) {
      if (at + size > MOST) {
        throw new IllegalStateException("a kernel takes at most " + MOST + " bytes of arguments");
      }
      bytes =
          ByteBuffer.allocate(Math.min(MOST, 2 * bytes.capacity()))
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(bytes.flip());
    }
    bytes.position(at);
  }

  /** A pointer or a {@code long long}. */
  Arguments put(long value) {
    align(Long.BYTES);
    bytes.putLong(value);
    return this;
  }

  /** An {@code int}. */
  Arguments put(int value) {
    align(Integer.BYTES);
    bytes.putInt(value);
    return this;
  }

  /** A {@code float}. */
  Arguments put(float value) {
    align(Float.BYTES);
    bytes.putFloat(value);
    return this;
  }

  /** A {@code double}. */
  Arguments put(double value) {
    align(Double.BYTES);
    bytes.putDouble(value);
    return this;
  }

  /** A pointer to an array's first element, or null. */
  Arguments put(Array array) {
    return put(array == null ? 0L : array.address());
  }

  /** The struct with its trailing padding, ready to read. */
  ByteBuffer bytes() {
    int size = (bytes.position() + alignment - 1) & -alignment;
    return bytes.duplicate().position(0).limit(Math.min(size, bytes.capacity()));
  }
}
