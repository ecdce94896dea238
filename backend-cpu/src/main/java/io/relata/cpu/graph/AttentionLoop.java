package io.relata.cpu.graph;

/** A loop over the logits of some rows' edges; copies of the attention templates implement it. */
interface AttentionLoop {
  /** Rows {@code from} to {@code to - 1}. */
  void run(AttentionTask task, int from, int to, AttentionMemory memory);
}
