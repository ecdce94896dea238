package io.relata.cpu.graph;

/**
 * How the columns of one pass lie in vectors: vector k starts {@code k * stride} columns after the
 * first and shares its element of the grouped operand with the {@code share} vectors around it.
 *
 * @param vectors vectors held in registers
 * @param stride columns from one vector to the next
 * @param tail columns in the masked vectors, 0 where none is masked
 * @param maskAll every vector is masked, not only the last
 * @param share neighbouring vectors that share an element of the grouped operand
 * @param spread elements of the grouped operand in each vector, where its groups are narrower
 */
record Lanes(int vectors, int stride, int tail, boolean maskAll, int share, int spread) {
  /** True where vector k is masked. */
  boolean masked(int k) {
    return tail > 0 && (maskAll || k == vectors - 1);
  }
}
