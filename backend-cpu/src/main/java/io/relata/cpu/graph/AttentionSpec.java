package io.relata.cpu.graph;

import io.relata.DType;

/**
 * The constants a copy of an attention loop is compiled for.
 *
 * @param heads number of heads
 * @param dtype element type
 * @param identity slot and edge id are the same
 * @param edge edges bring a term of their own
 * @param statistics largest logits and sums are written, for the gradient
 * @param sloped sloped weights are made
 * @param edgeGradient the gradient of each edge's term is written
 * @param copy between tables of numbers by head and scratch memory; null for plain loops
 */
record AttentionSpec(
    int heads,
    DType dtype,
    boolean identity,
    boolean edge,
    boolean statistics,
    boolean sloped,
    boolean edgeGradient,
    RowCopy copy) {
  /** True where loops on vectors serve. */
  boolean onVectors() {
    return copy != null;
  }

  /** Bytes of an element. */
  int bytes() {
    return dtype.bytes();
  }
}
