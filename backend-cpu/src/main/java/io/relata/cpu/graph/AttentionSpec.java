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
 * @param copy between tables of numbers by head and scratch memory; null for plain loops
 */
record AttentionSpec(
    int heads, DType dtype, boolean identity, boolean edge, boolean statistics, RowCopy copy) {
  /** Runs of scratch memory, each as long as the weights, that the vector gradient needs. */
  int gradientRuns() {
    return edge ? 5 : 4;
  }

  /** Bytes of an element. */
  int bytes() {
    return dtype.bytes();
  }
}
