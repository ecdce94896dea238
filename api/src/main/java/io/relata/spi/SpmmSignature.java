package io.relata.spi;

import io.relata.DType;

/**
 * What a kernel can be chosen by.
 *
 * @param op how an edge combines its operands
 * @param lhs where the left operand lives; null where there is none
 * @param rhs where the right operand lives; null where there is none
 * @param reducer how a row combines its edges
 * @param dtype element type of operands and result
 * @param layout how operands broadcast
 * @param backend id of the backend
 */
public record SpmmSignature(
    MessageOp op,
    Target lhs,
    Target rhs,
    Reducer reducer,
    DType dtype,
    FeaturePlan.Layout layout,
    String backend) {}
