package io.relata.cpu.graph;

/**
 * A call made ready: its addresses, and for each pass over some of its columns a loop.
 *
 * @param loops one for each pass
 * @param columns the first column of each pass
 */
record SpmmRun(RowTask task, RowLoop[] loops, int[] columns) {
  int passes() {
    return loops.length;
  }

  /** One pass over some rows. */
  void pass(int pass, int from, int to) {
    loops[pass].run(task, columns[pass], from, to);
  }

  /** All passes over some rows. */
  void rows(int from, int to) {
    for (int p = 0; p < loops.length; p++) {
      pass(p, from, to);
    }
  }
}
