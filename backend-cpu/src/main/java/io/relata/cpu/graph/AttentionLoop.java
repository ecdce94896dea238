package io.relata.cpu.graph;

/**
 * A loop over the logits of some rows' edges; copies of the attention templates implement it. What
 * it makes for each edge stands in scratch memory, in the order of slots.
 */
interface AttentionLoop {
  /**
   * Rows {@code from} to {@code to - 1}.
   *
   * @param scratch where the first row's first edge goes
   * @param dots (edges of these rows, H), value times gradient; only for the gradient
   */
  void run(AttentionTask task, int from, int to, long scratch, long dots);
}
