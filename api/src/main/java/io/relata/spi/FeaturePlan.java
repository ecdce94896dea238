package io.relata.spi;

import java.util.Arrays;
import java.util.Objects;

/**
 * How the feature axes of two message operands meet: for position j of {@code count}, the message
 * takes {@code lhs[lhsOffset(j)]} and {@code rhs[rhsOffset(j)]} and adds to {@code
 * out[outOffset(j)]}. For everything but dot, and gradients of broadcasts, {@code outOffset(j) =
 * j}; the other patterns sum over the positions that share an output, in ascending j.
 *
 * @param layout the pattern, so that kernels need not look at the tables
 * @param count positions
 * @param lhsSize numbers in a row of the left operand
 * @param rhsSize numbers in a row of the right operand, 0 for copy
 * @param outSize numbers in a row of the result
 * @param inner for the grouped layouts: how many neighbouring positions share an element (or an
 *     output)
 * @param lhsOffsets table for {@code GENERAL}, else null
 * @param rhsOffsets table for {@code GENERAL}, else null
 * @param outOffsets table for {@code GENERAL}, else null
 */
public record FeaturePlan(
    Layout layout,
    int count,
    int lhsSize,
    int rhsSize,
    int outSize,
    int inner,
    int[] lhsOffsets,
    int[] rhsOffsets,
    int[] outOffsets) {

  /** The patterns that kernels specialise. */
  public enum Layout {
    /** All offsets are j (copy, and operands of equal shape). */
    SAME,
    /** The left operand changes every {@code inner} positions: lhsOffset = j / inner. */
    LHS_GROUPED,
    /** The right operand changes every {@code inner} positions: rhsOffset = j / inner. */
    RHS_GROUPED,
    /** Both operands j, outOffset = j / inner: a dot product over groups of {@code inner}. */
    OUT_GROUPED,
    /** Anything else, by table. */
    GENERAL
  }

  /** Where position j reads the left operand. */
  public int lhsOffset(int j) {
    return switch (layout) {
      case SAME, RHS_GROUPED, OUT_GROUPED -> j;
      case LHS_GROUPED -> j / inner;
      case GENERAL -> lhsOffsets[j];
    };
  }

  /** Where position j reads the right operand. */
  public int rhsOffset(int j) {
    return switch (layout) {
      case SAME, LHS_GROUPED, OUT_GROUPED -> j;
      case RHS_GROUPED -> j / inner;
      case GENERAL -> rhsOffsets[j];
    };
  }

  /** Where position j adds to the result. */
  public int outOffset(int j) {
    return switch (layout) {
      case SAME, LHS_GROUPED, RHS_GROUPED -> j;
      case OUT_GROUPED -> j / inner;
      case GENERAL -> outOffsets[j];
    };
  }

  /** The plan for copying rows of {@code size} numbers. */
  public static FeaturePlan copy(int size) {
    return new FeaturePlan(Layout.SAME, size, size, 0, size, 1, null, null, null);
  }

  /** The plan for given tables, recognised as one of the patterns where it is one. */
  public static FeaturePlan of(
      int[] lhs, int lhsSize, int[] rhs, int rhsSize, int[] out, int outSize) {
    int n = out.length;
    boolean l = isGrouped(lhs, 1);
    boolean r = isGrouped(rhs, 1);
    boolean o = isGrouped(out, 1);
    int ol = group(lhs, lhsSize);
    int or = group(rhs, rhsSize);
    int oo = group(out, outSize);
    if (l && r && o) {
      return new FeaturePlan(Layout.SAME, n, lhsSize, rhsSize, outSize, 1, null, null, null);
    }
    if (r && o && isGrouped(lhs, ol)) {
      return new FeaturePlan(
          Layout.LHS_GROUPED, n, lhsSize, rhsSize, outSize, ol, null, null, null);
    }
    if (l && o && isGrouped(rhs, or)) {
      return new FeaturePlan(
          Layout.RHS_GROUPED, n, lhsSize, rhsSize, outSize, or, null, null, null);
    }
    if (l && r && isGrouped(out, oo)) {
      return new FeaturePlan(
          Layout.OUT_GROUPED, n, lhsSize, rhsSize, outSize, oo, null, null, null);
    }
    return new FeaturePlan(Layout.GENERAL, n, lhsSize, rhsSize, outSize, 1, lhs, rhs, out);
  }

  private static int group(int[] offsets, int size) {
    return size == 0 || offsets.length % size != 0 ? 1 : Math.max(1, offsets.length / size);
  }

  private static boolean isGrouped(int[] offsets, int inner) {
    for (int j = 0; j < offsets.length; j++) {
      if (offsets[j] != j / inner) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeaturePlan p
        && layout == p.layout
        && count == p.count
        && lhsSize == p.lhsSize
        && rhsSize == p.rhsSize
        && outSize == p.outSize
        && inner == p.inner
        && Arrays.equals(lhsOffsets, p.lhsOffsets)
        && Arrays.equals(rhsOffsets, p.rhsOffsets)
        && Arrays.equals(outOffsets, p.outOffsets);
  }

  @Override
  public int hashCode() {
    return Objects.hash(layout, count, lhsSize, rhsSize, outSize, inner);
  }

  @Override
  public String toString() {
    return layout + "(" + lhsSize + ", " + rhsSize + " -> " + outSize + ", inner " + inner + ")";
  }
}
