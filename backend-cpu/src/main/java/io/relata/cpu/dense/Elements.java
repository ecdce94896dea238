package io.relata.cpu.dense;

import static io.relata.DType.BFLOAT16;
import static io.relata.DType.BOOL;
import static io.relata.DType.FLOAT16;
import static io.relata.DType.FLOAT32;
import static io.relata.DType.FLOAT64;
import static io.relata.DType.INT32;
import static io.relata.cpu.Native.ALL;

import io.relata.DType;
import io.relata.cpu.Native;
import java.lang.foreign.ValueLayout;

/**
 * Element i of a run that starts at a native address. Where the type is a constant of the copied
 * kernel that calls, only one access remains.
 */
final class Elements {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  private Elements() {}

  /** The element as a double; a long may lose digits. */
  static double real(DType type, long base, long i) {
    if (type == FLOAT32) {
      return ALL.get(FLOAT, base + 4 * i);
    }
    if (type == FLOAT64) {
      return ALL.get(DOUBLE, base + 8 * i);
    }
    if (type == FLOAT16) {
      return Native.getHalf(base + 2 * i);
    }
    if (type == BFLOAT16) {
      return Native.getBrainFloat(base + 2 * i);
    }
    return integer(type, base, i);
  }

  /** The element of an integer or BOOL run as a long. */
  static long integer(DType type, long base, long i) {
    if (type == INT32) {
      return ALL.get(INT, base + 4 * i);
    }
    if (type == BOOL) {
      return ALL.get(BYTE, base + i);
    }
    return ALL.get(LONG, base + 8 * i);
  }

  /** Sets an element to a double, rounded to float, truncated to an integer, or compared with 0. */
  static void setReal(DType type, long base, long i, double value) {
    if (type == FLOAT32) {
      ALL.set(FLOAT, base + 4 * i, (float) value);
    } else if (type == FLOAT64) {
      ALL.set(DOUBLE, base + 8 * i, value);
    } else if (type == FLOAT16) {
      Native.putHalf(base + 2 * i, (float) value);
    } else if (type == BFLOAT16) {
      Native.putBrainFloat(base + 2 * i, (float) value);
    } else if (type == INT32) {
      ALL.set(INT, base + 4 * i, (int) value);
    } else if (type == BOOL) {
      ALL.set(BYTE, base + i, (byte) (value != 0 ? 1 : 0));
    } else {
      ALL.set(LONG, base + 8 * i, (long) value);
    }
  }

  /** Sets an element of an integer or BOOL run to a long; INT32 keeps its low bits. */
  static void setInteger(DType type, long base, long i, long value) {
    if (type == INT32) {
      ALL.set(INT, base + 4 * i, (int) value);
    } else if (type == BOOL) {
      ALL.set(BYTE, base + i, (byte) (value != 0 ? 1 : 0));
    } else {
      ALL.set(LONG, base + 8 * i, value);
    }
  }

  /** Sets an element of a BOOL run. */
  static void setBool(long base, long i, boolean value) {
    ALL.set(BYTE, base + i, (byte) (value ? 1 : 0));
  }

  /** Copies one element of 1, 2, 4 or 8 bytes. */
  static void copy(int width, long from, long to) {
    if (width == 4) {
      ALL.set(INT, to, ALL.get(INT, from));
    } else if (width == 8) {
      ALL.set(LONG, to, ALL.get(LONG, from));
    } else if (width == 2) {
      ALL.set(SHORT, to, ALL.get(SHORT, from));
    } else {
      ALL.set(BYTE, to, ALL.get(BYTE, from));
    }
  }
}
