package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;

/**
 * The constants a copy of a loop template is compiled for.
 *
 * @param op message; dot is MUL with a plan that sums
 * @param lhs target of the left operand
 * @param rhs target of the right operand, null for copy
 * @param reducer null where nothing is reduced
 * @param dtype element type
 * @param layout how operands broadcast
 * @param identity slot and edge id are the same
 * @param winners ids of the winning edges are recorded
 * @param accumulate rows are added to the result
 * @param lanes which columns a vector loop works on; null for plain loops
 */
record LoopSpec(
    MessageOp op,
    Target lhs,
    Target rhs,
    Reducer reducer,
    DType dtype,
    Layout layout,
    boolean identity,
    boolean winners,
    boolean accumulate,
    Lanes lanes) {

  /** The same on other columns. */
  LoopSpec on(Lanes other) {
    return new LoopSpec(op, lhs, rhs, reducer, dtype, layout, identity, winners, accumulate, other);
  }

  /** The same for a part of a row: neither divided nor added to the result. */
  LoopSpec ofPart() {
    Reducer part = reducer == Reducer.MEAN ? Reducer.SUM : reducer;
    return new LoopSpec(op, lhs, rhs, part, dtype, layout, identity, winners, false, lanes);
  }

  /** True where a loop has to know the id of each edge. */
  boolean needsEdgeId() {
    return lhs == Target.E || rhs == Target.E || winners;
  }

  /** True where a loop has to know the column of each edge. */
  boolean needsColumn() {
    return lhs == Target.U || rhs == Target.U;
  }
}
