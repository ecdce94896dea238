package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;

/**
 * Which kernel a sparse product takes and how lanes are laid over its rows.
 *
 * @param message copy, scale, any, or general: what the kernel is compiled for
 * @param kind how many outputs a lane holds: w 16 bytes, ww twice that, n one, nnnn four times one
 * @param lhs left operand, after a product was turned around
 * @param rhs right operand
 * @param lhsInner neighbouring outputs that read one number of the left operand
 * @param rhsInner the same of the right one
 * @param columns outputs that a group of lanes has at a time
 * @param lanes lanes side by side along a row
 * @param pieces pieces of a row that are reduced side by side
 */
record SpmmShape(
    String message,
    String kind,
    Operand lhs,
    Operand rhs,
    int lhsInner,
    int rhsInner,
    int columns,
    int lanes,
    int pieces) {

  /** For one product alone. */
  static SpmmShape of(SpmmCall call) {
    return of(call, true, true);
  }

  /**
   * For a product in a list, whose kernels take any message.
   *
   * @param wide whether lanes may hold 16 bytes; they do where the call allows it
   */
  static SpmmShape inList(SpmmCall call, boolean wide) {
    return of(call, false, wide);
  }

  private static SpmmShape of(SpmmCall call, boolean special, boolean mayBeWide) {
    FeaturePlan plan = call.plan();
    Layout layout = plan.layout();
    if (plan.count() == 0 || layout == Layout.GENERAL || layout == Layout.OUT_GROUPED) {
      return new SpmmShape("general", "", call.lhs(), call.rhs(), 1, 1, 1, 1, 1);
    }
    Operand lhs = call.lhs();
    Operand rhs = call.rhs();
    int lhsInner = layout == Layout.LHS_GROUPED ? plan.inner() : 1;
    int rhsInner = layout == Layout.RHS_GROUPED ? plan.inner() : 1;
    boolean product = call.op() == MessageOp.MUL || call.op() == MessageOp.DOT;
    if (product && lhs.target() == Target.E && rhs.target() == Target.U) {
      // x * y = y * x, so that weights stand right.
      return chosen(
          call,
          special,
          mayBeWide,
          new Side(rhs, rhsInner, plan.rhsSize()),
          new Side(lhs, lhsInner, plan.lhsSize()));
    }
    return chosen(
        call,
        special,
        mayBeWide,
        new Side(lhs, lhsInner, plan.lhsSize()),
        new Side(rhs, rhsInner, plan.rhsSize()));
  }

  /** An operand, how many neighbouring outputs read one number of it, and its numbers in a row. */
  private record Side(Operand operand, int inner, int size) {
    boolean fits(DType type) {
      return operand == null
          || (inner > 1 ? inner % Widths.wide(type) == 0 : Widths.isWide(operand.data(), size));
    }

    boolean isOf(Target target) {
      return operand != null && operand.target() == target;
    }
  }

  private static SpmmShape chosen(
      SpmmCall call, boolean special, boolean mayBeWide, Side lhs, Side rhs) {
    DType type = call.dtype();
    int size = call.plan().outSize();
    boolean wide =
        mayBeWide
            && Widths.isWide(call.out(), size)
            && lhs.fits(type)
            && rhs.fits(type)
            && (call.winners() == null || call.winners().address() % 16 == 0);
    boolean product = call.op() == MessageOp.MUL || call.op() == MessageOp.DOT;
    boolean copies = special && call.op() == MessageOp.COPY && lhs.isOf(Target.U);
    boolean scales =
        special
            && product
            && lhs.isOf(Target.U)
            && rhs.isOf(Target.E)
            && lhs.inner == 1
            && (rhs.inner > 1 || !wide);
    int one = wide ? Widths.wide(type) : 1;
    int times = 1;
    boolean compiled = copies || scales;
    if (compiled && size > 32 * one) {
      boolean twice = wide && type == DType.FLOAT32;
      boolean four = !wide && type == DType.FLOAT32;
      times = twice ? 2 : four ? 4 : 1;
    }
    // Narrow rows of one number a lane have the kernel for any message only.
    compiled &= wide || times == 4;
    String message = !compiled ? "any" : copies ? "copy" : "scale";
    String kind = wide ? times == 2 ? "ww" : "w" : times == 4 ? "nnnn" : "n";
    int lanes = Math.min(32, Widths.powerOfTwo(Widths.over(size, (long) one * times)));
    return new SpmmShape(
        message,
        kind,
        lhs.operand,
        rhs.operand,
        lhs.inner,
        rhs.inner,
        lanes * one * times,
        lanes,
        special ? pieces(call.index(), lanes) : 1);
  }

  /** A piece should have eight edges, so that its loads overlap. */
  private static int pieces(RowIndex index, int lanes) {
    int degree = index.numRows() == 0 ? 0 : index.numEdges() / index.numRows();
    return Math.clamp(Integer.highestOneBit(Math.max(1, degree / 8)), 1, 32 / lanes);
  }

  boolean isGeneral() {
    return message.equals("general");
  }

  /** Rows that a block has at a time. */
  int groups() {
    return Widths.BLOCK / (lanes * pieces);
  }

  /** The sources' number of a reducer. */
  static int code(Reducer reducer) {
    return switch (reducer) {
      case SUM -> 0;
      case MEAN -> 1;
      case MAX -> 2;
      case MIN -> 3;
    };
  }

  /** sum or best. */
  static String family(Reducer reducer) {
    return switch (reducer) {
      case SUM, MEAN -> "sum";
      case MAX, MIN -> "best";
    };
  }
}
