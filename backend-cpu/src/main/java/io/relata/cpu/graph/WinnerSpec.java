package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;

/**
 * The constants a copy of {@link WinnerGradient} is compiled for.
 *
 * @param left true for the gradient of the left operand
 */
record WinnerSpec(MessageOp op, Target lhs, Target rhs, DType dtype, boolean left) {}
