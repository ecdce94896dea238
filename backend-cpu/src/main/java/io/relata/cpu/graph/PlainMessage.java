package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.cpu.Fused;
import io.relata.cpu.Native;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;

/**
 * Numbers and messages of the plain templates. As in {@link EdgeAccess}, operation, layout and type
 * are constants of the calling copy. Halves are computed as FLOAT32.
 */
final class PlainMessage {
  private PlainMessage() {}

  /** Output o of the message of the operand rows at l and r. */
  static double of(MessageOp op, Layout layout, DType type, RowTask t, long l, long r, int o) {
    if (layout == Layout.OUT_GROUPED) {
      double sum = 0;
      for (int j = o * t.inner(); j < (o + 1) * t.inner(); j++) {
        sum = round(type, sum + position(op, type, l, j, r, j));
      }
      return sum;
    }
    if (layout == Layout.GENERAL) {
      PositionTable table = t.table();
      double sum = 0;
      for (int k = table.starts()[o]; k < table.starts()[o + 1]; k++) {
        sum = round(type, sum + position(op, type, l, table.lhs()[k], r, table.rhs()[k]));
      }
      return sum;
    }
    return position(op, type, l, left(layout, t, o), r, right(layout, t, o));
  }

  /**
   * The sum with output o of a message added; a product that is added is rounded once with it, as
   * the vector templates do.
   */
  static double addTo(
      double sum, MessageOp op, Layout layout, DType type, RowTask t, long l, long r, int o) {
    if (op != MessageOp.MUL || layout == Layout.OUT_GROUPED || layout == Layout.GENERAL) {
      return round(type, sum + of(op, layout, type, t, l, r, o));
    }
    double x = read(type, l + left(layout, t, o) * type.bytes());
    double y = read(type, r + right(layout, t, o) * type.bytes());
    return type == DType.FLOAT64
        ? Fused.multiplyAdd(x, y, sum)
        : Fused.multiplyAdd((float) x, (float) y, (float) sum);
  }

  private static long left(Layout layout, RowTask t, int o) {
    return layout == Layout.LHS_GROUPED ? o / t.inner() : o;
  }

  private static long right(Layout layout, RowTask t, int o) {
    return layout == Layout.RHS_GROUPED ? o / t.inner() : o;
  }

  private static double position(MessageOp op, DType type, long l, long i, long r, long j) {
    int bytes = type.bytes();
    double x = read(type, l + i * bytes);
    if (op == MessageOp.COPY) {
      return x;
    }
    double y = read(type, r + j * bytes);
    if (op == MessageOp.ADD) {
      return round(type, x + y);
    }
    if (op == MessageOp.SUB) {
      return round(type, x - y);
    }
    if (op == MessageOp.DIV) {
      return round(type, x / y);
    }
    return round(type, x * y);
  }

  /** A NaN beats every number and is beaten by nothing; of equal messages the first stays. */
  static boolean wins(boolean max, double message, double best) {
    return !(max ? message <= best : message >= best) && best == best;
  }

  static double round(DType type, double x) {
    return type == DType.FLOAT64 ? x : (float) x;
  }

  static double read(DType type, long address) {
    if (type == DType.FLOAT32) {
      return Native.getFloat(address);
    }
    if (type == DType.FLOAT64) {
      return Native.getDouble(address);
    }
    return type == DType.FLOAT16 ? Native.getHalf(address) : Native.getBrainFloat(address);
  }

  static void write(DType type, long address, double x) {
    if (type == DType.FLOAT32) {
      Native.putFloat(address, (float) x);
    } else if (type == DType.FLOAT64) {
      Native.putDouble(address, x);
    } else if (type == DType.FLOAT16) {
      Native.putHalf(address, (float) x);
    } else {
      Native.putBrainFloat(address, (float) x);
    }
  }
}
