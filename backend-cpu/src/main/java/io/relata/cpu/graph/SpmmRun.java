package io.relata.cpu.graph;

/** A call made ready: its addresses and its loops. */
record SpmmRun(RowTask task, RowPasses passes) {
  /** All passes over some rows. */
  void rows(int from, int to) {
    passes.run(task, from, to);
  }
}
