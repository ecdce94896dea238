package io.relata.spi;

/**
 * The gradient of a max or min product with respect to one operand: every position of {@code
 * gradient} goes to the edge that won it, times the derivative of the message there.
 *
 * @param index edges grouped by the node that receives, as in the forward call
 * @param bySource the same edges grouped by source: rows are u, columns v. Given where the operand
 *     lives on the sources, whose rows it is summed by; null for operands of destinations and edges
 * @param sources (numEdges) int32, source of each edge id; null where {@code bySource} is given
 * @param op the forward message
 * @param lhs left operand of the forward message; its numbers, and those of {@code rhs}, are read
 *     only to multiply or divide, and are then of the gradient's type
 * @param rhs right operand, null for copy
 * @param plan the forward plan
 * @param winners (rows, outSize) int32 edge ids, -1 for none
 * @param gradient (rows, outSize), with respect to the result
 * @param left true for the gradient with respect to the left operand
 * @param out of the shape of that operand; written, 0 where nothing has won
 */
public record WinnerGradCall(
    RowIndex index,
    RowIndex bySource,
    Array sources,
    MessageOp op,
    Operand lhs,
    Operand rhs,
    FeaturePlan plan,
    Array winners,
    Array gradient,
    boolean left,
    Array out) {

  /** The operand whose gradient is asked for. */
  public Operand own() {
    return left ? lhs : rhs;
  }

  /** Numbers in a row of that operand. */
  public int ownSize() {
    return left ? plan.lhsSize() : plan.rhsSize();
  }
}
