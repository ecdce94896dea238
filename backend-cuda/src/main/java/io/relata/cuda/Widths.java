package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;

/** Names and widths that the graph kernels' host code agrees on with the sources. */
final class Widths {
  /** Threads of a block in all graph kernels. */
  static final int BLOCK = 256;

  private Widths() {}

  /** How a kernel's name ends. */
  static String suffix(DType type) {
    return switch (type) {
      case FLOAT32 -> "f32";
      case FLOAT64 -> "f64";
      case FLOAT16 -> "f16";
      case BFLOAT16 -> "bf16";
      case INT32, INT64, BOOL ->
          throw new IllegalArgumentException("graph kernels have no numbers of " + type);
    };
  }

  /** Bytes of the type in which a stored type is computed. */
  static int computedBytes(DType type) {
    return type == DType.FLOAT64 ? 8 : 4;
  }

  /** Elements of 16 bytes. */
  static int wide(DType type) {
    return 16 / type.bytes();
  }

  /** Whether rows of {@code size} elements can be read 16 bytes at a time; null arrays can. */
  static boolean isWide(Array array, int size) {
    return array == null || size % wide(array.dtype()) == 0 && array.address() % 16 == 0;
  }

  /** The smallest power of two that is not less; 1 for 0. */
  static int powerOfTwo(int n) {
    return n <= 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
  }

  /** Rounded up. */
  static int over(long n, long by) {
    return Math.toIntExact((n + by - 1) / by);
  }

  /** The sources' number of an operand's place. */
  static int code(Target target) {
    return switch (target) {
      case U -> 0;
      case V -> 1;
      case E -> 2;
    };
  }

  /** The sources' number of an operation. */
  static int code(MessageOp op) {
    return switch (op) {
      case COPY -> 0;
      case ADD -> 1;
      case SUB -> 2;
      case MUL, DOT -> 3;
      case DIV -> 4;
    };
  }
}
