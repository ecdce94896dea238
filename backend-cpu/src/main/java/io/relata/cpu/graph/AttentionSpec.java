package io.relata.cpu.graph;

import io.relata.DType;

/**
 * The constants a copy of an attention loop is compiled for.
 *
 * @param heads number of heads
 * @param stride numbers from one edge to the next in scratch memory: heads, or more where vectors
 *     want it
 * @param dtype element type
 * @param identity slot and edge id are the same
 * @param edge edges bring a term of their own
 * @param statistics largest logits and sums are written, for the gradient
 */
record AttentionSpec(
    int heads, int stride, DType dtype, boolean identity, boolean edge, boolean statistics) {
  /**
   * The stride at which heads fill vectors of {@code length} numbers: a divisor or a multiple of
   * it.
   */
  static int stride(int heads, int length) {
    return heads > length
        ? (heads + length - 1) / length * length
        : heads == 1 ? 1 : Integer.highestOneBit(heads - 1) << 1;
  }

  /** Runs of scratch memory, each as long as the weights, that the vector gradient needs. */
  int gradientRuns() {
    return 4 + (edge ? 1 : 0) + (stride == heads ? 0 : 1);
  }

  /** Bytes of an element. */
  int bytes() {
    return dtype.bytes();
  }
}
