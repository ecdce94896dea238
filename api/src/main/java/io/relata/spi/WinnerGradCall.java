package io.relata.spi;

/**
 * The gradient of a max or min product with respect to one operand: every position of {@code
 * gradient} goes to the edge that won it, times the derivative of the message there.
 *
 * @param sources (numEdges) int32, source of each edge id
 * @param destinations (numEdges) int32, destination of each edge id
 * @param op the forward message
 * @param lhs left operand of the forward message
 * @param rhs right operand, null for copy
 * @param plan the forward plan
 * @param winners (rows, outSize) int32 edge ids, -1 for none
 * @param gradient (rows, outSize), with respect to the result
 * @param left true for the gradient with respect to the left operand
 * @param out of the shape of that operand; added to
 */
public record WinnerGradCall(
    Array sources,
    Array destinations,
    MessageOp op,
    Operand lhs,
    Operand rhs,
    FeaturePlan plan,
    Array winners,
    Array gradient,
    boolean left,
    Array out) {}
