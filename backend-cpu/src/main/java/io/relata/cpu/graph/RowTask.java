package io.relata.cpu.graph;

import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.Operand;
import io.relata.spi.RowIndex;

/**
 * Addresses and sizes of one call. Whoever runs a loop keeps the arrays reachable meanwhile.
 *
 * @param edgeIds 0 where slot and edge id are the same
 * @param rhs 0 where there is none
 * @param winners 0 where nobody asks
 * @param table positions by output, for plans that are no pattern; else null
 */
record RowTask(
    long offsets,
    long columns,
    long edgeIds,
    long lhs,
    long rhs,
    long out,
    long winners,
    int lhsSize,
    int rhsSize,
    int outSize,
    int inner,
    PositionTable table) {

  static RowTask of(
      RowIndex index,
      Operand lhs,
      Operand rhs,
      FeaturePlan plan,
      Array out,
      Array winners,
      PositionTable table) {
    return new RowTask(
        index.offsets().address(),
        index.columns().address(),
        index.edgeIds() == null ? 0 : index.edgeIds().address(),
        lhs.data().address(),
        rhs == null ? 0 : rhs.data().address(),
        out.address(),
        winners == null ? 0 : winners.address(),
        plan.lhsSize(),
        plan.rhsSize(),
        plan.outSize(),
        plan.inner(),
        table);
  }

  /** The same for a part of a row: other offsets, and where it reduces, another result. */
  RowTask part(long otherOffsets, long otherOut, long otherWinners) {
    return new RowTask(
        otherOffsets,
        columns,
        edgeIds,
        lhs,
        rhs,
        otherOut,
        otherWinners,
        lhsSize,
        rhsSize,
        outSize,
        inner,
        table);
  }

  /** The same with another right operand and result. */
  RowTask with(long otherRhs, long otherOut) {
    return new RowTask(
        offsets, columns, edgeIds, lhs, otherRhs, otherOut, winners, lhsSize, rhsSize, outSize,
        inner, table);
  }
}
