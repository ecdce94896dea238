package io.relata.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * All of native memory as one segment. Kernels address it directly: an array's bounds were checked
 * once by the runtime, and one constant segment costs nothing in an inner loop.
 */
public final class Native {
  /** Every native address. */
  @SuppressWarnings("restricted")
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final long REACH = Long.MAX_VALUE >> 1;

  private Native() {}

  /**
   * The address itself, in a form that tells the compiler that it is neither negative nor near the
   * end: accesses at small constant distances from it are then compiled without bounds checks.
   */
  public static long address(long address) {
    return address & REACH;
  }

  /** The longest row in bytes that {@link #row} takes. */
  public static final long MOST_ROW_BYTES = (1L << 30) - 1;

  /**
   * The address of a row of a table. Both factors are bounded, so that the compiler sees without a
   * further instruction what {@link #address} would tell it.
   *
   * @param table as {@link #address} gives it
   * @param index not negative
   * @param bytes of a row, as {@link #rowBytes} gives them
   */
  public static long row(long table, int index, long bytes) {
    return table + Integer.toUnsignedLong(index) * bytes;
  }

  /** Bytes of a row, {@link #MOST_ROW_BYTES} at most, in a form that tells the compiler so. */
  public static long rowBytes(long bytes) {
    return bytes & MOST_ROW_BYTES;
  }

  /** The byte at an address. */
  public static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  /** Sets the byte at an address. */
  public static void putByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, address, value);
  }

  /** The int at an address. */
  public static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
  }

  /** The half-precision number at an address. */
  public static float getHalf(long address) {
    return Float.float16ToFloat(ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address));
  }

  /** The bfloat16 number at an address. */
  public static float getBrainFloat(long address) {
    return Float.intBitsToFloat(ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address) << 16);
  }

  /** Sets the half-precision number at an address to the nearest, of two the even one. */
  public static void putHalf(long address, float value) {
    ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, Float.floatToFloat16(value));
  }

  /** Sets the bfloat16 number at an address to the nearest, of two the even one. */
  public static void putBrainFloat(long address, float value) {
    int bits = Float.floatToIntBits(value);
    // Half a unit of the last place kept, less a little where that place is even.
    int rounded = value == value ? bits + 0x7FFF + (bits >>> 16 & 1) : bits;
    ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) (rounded >>> 16));
  }

  /** The float at an address. */
  public static float getFloat(long address) {
    return ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
  }

  /** The double at an address. */
  public static double getDouble(long address) {
    return ALL.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, address);
  }

  /** The eight bytes at an address. */
  public static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
  }

  /** Sets the eight bytes at an address. */
  public static void putLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
  }

  /** Sets the int at an address. */
  public static void putInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT_UNALIGNED, address, value);
  }

  /** Sets the float at an address. */
  public static void putFloat(long address, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address, value);
  }

  /** Sets the double at an address. */
  public static void putDouble(long address, double value) {
    ALL.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, address, value);
  }
}
