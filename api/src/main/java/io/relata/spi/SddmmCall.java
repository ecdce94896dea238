package io.relata.spi;

/**
 * A value per edge: {@code out[e] = op(lhs, rhs)} for every edge e.
 *
 * @param index edges grouped by destination: rows are {@link Target#V}, columns {@link Target#U}
 * @param op how an edge combines its operands; with a plan that maps several positions to one
 *     output, the results are summed (dot is exactly this with multiplication)
 * @param lhs left operand
 * @param rhs right operand, null for copy
 * @param plan how the feature axes meet
 * @param out (index.numEdges, plan.outSize), row e for edge id e
 */
public record SddmmCall(
    RowIndex index, MessageOp op, Operand lhs, Operand rhs, FeaturePlan plan, Array out) {}
