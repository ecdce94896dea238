package io.relata.spi;

/** How an edge combines its operands. */
public enum MessageOp {
  /** The left operand as it is; there is no right one. */
  COPY,
  /** left + right. */
  ADD,
  /** left - right. */
  SUB,
  /** left * right. */
  MUL,
  /** left / right. */
  DIV,
  /** Sum over the last axis of left * right, kept with size 1. */
  DOT
}
