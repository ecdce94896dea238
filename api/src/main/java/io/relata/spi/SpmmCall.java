package io.relata.spi;

import io.relata.DType;

/**
 * A sparse product: {@code out[v] = reduce over the edges e = (u, v) of op(lhs, rhs)}.
 *
 * @param index edges grouped by the node that receives; its rows are {@link Target#V}, its columns
 *     {@link Target#U}
 * @param op how an edge combines its operands
 * @param lhs left operand
 * @param rhs right operand, null for copy
 * @param plan how the feature axes meet
 * @param reducer how a row combines its edges
 * @param out (index.numRows, plan.outSize), written or added to
 * @param winners (index.numRows, plan.outSize) int32, receives for max and min the id of the edge
 *     that won, -1 where there was none; null where nobody asks
 * @param accumulate add the rows to what {@code out} holds (sum and mean only) instead of replacing
 *     it
 */
public record SpmmCall(
    RowIndex index,
    MessageOp op,
    Operand lhs,
    Operand rhs,
    FeaturePlan plan,
    Reducer reducer,
    Array out,
    Array winners,
    boolean accumulate) {

  /** Element type of operands and result. */
  public DType dtype() {
    return out.dtype();
  }

  /** What a kernel for this call is chosen by. */
  public SpmmSignature signature(String backend) {
    return new SpmmSignature(
        op,
        lhs.target(),
        rhs == null ? null : rhs.target(),
        reducer,
        dtype(),
        plan.layout(),
        backend);
  }
}
