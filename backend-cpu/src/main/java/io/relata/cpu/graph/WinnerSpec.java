package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;

/**
 * The constants that copies of the loops over winners are compiled for.
 *
 * @param left true for the gradient of the left operand
 * @param identity slot and edge id are the same in the index that is gone through
 * @param inner outputs that share an element of the other operand, 0 where all do; for vector loops
 * @param lanes which outputs a vector loop works on; null for plain loops
 */
record WinnerSpec(
    MessageOp op,
    Target lhs,
    Target rhs,
    DType dtype,
    boolean left,
    boolean identity,
    int inner,
    Lanes lanes) {

  /** Where the operand lives whose gradient is made. */
  Target own() {
    return left ? lhs : rhs;
  }

  /** Where the other operand lives; null for copy. */
  Target other() {
    return left ? rhs : lhs;
  }

  /** The same on other columns. */
  WinnerSpec on(Lanes columns) {
    return new WinnerSpec(op, lhs, rhs, dtype, left, identity, inner, columns);
  }
}
