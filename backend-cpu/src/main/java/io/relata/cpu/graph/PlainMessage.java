package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;

/**
 * Numbers and messages of the plain templates. As in {@link EdgeAccess}, operation, layout and type
 * are constants of the calling copy.
 */
final class PlainMessage {
  private PlainMessage() {}

  /** Output o of the message of the operand rows at l and r. */
  static double of(MessageOp op, Layout layout, boolean f64, RowTask t, long l, long r, int o) {
    if (layout == Layout.OUT_GROUPED) {
      double sum = 0;
      for (int j = o * t.inner(); j < (o + 1) * t.inner(); j++) {
        sum = round(f64, sum + position(op, f64, l, j, r, j));
      }
      return sum;
    }
    if (layout == Layout.GENERAL) {
      PositionTable table = t.table();
      double sum = 0;
      for (int k = table.starts()[o]; k < table.starts()[o + 1]; k++) {
        sum = round(f64, sum + position(op, f64, l, table.lhs()[k], r, table.rhs()[k]));
      }
      return sum;
    }
    int i = layout == Layout.LHS_GROUPED ? o / t.inner() : o;
    int j = layout == Layout.RHS_GROUPED ? o / t.inner() : o;
    return position(op, f64, l, i, r, j);
  }

  private static double position(MessageOp op, boolean f64, long l, int i, long r, int j) {
    int bytes = f64 ? 8 : 4;
    double x = read(f64, l + (long) i * bytes);
    if (op == MessageOp.COPY) {
      return x;
    }
    double y = read(f64, r + (long) j * bytes);
    if (op == MessageOp.ADD) {
      return round(f64, x + y);
    }
    if (op == MessageOp.SUB) {
      return round(f64, x - y);
    }
    if (op == MessageOp.DIV) {
      return round(f64, x / y);
    }
    return round(f64, x * y);
  }

  static double round(boolean f64, double x) {
    return f64 ? x : (float) x;
  }

  static double read(boolean f64, long address) {
    return f64 ? Native.getDouble(address) : Native.getFloat(address);
  }

  static void write(boolean f64, long address, double x) {
    if (f64) {
      Native.putDouble(address, x);
    } else {
      Native.putFloat(address, (float) x);
    }
  }
}
