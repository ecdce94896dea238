package io.relata.cpu.graph;

/**
 * Loops that work on the same rows one after the other, each on some of the columns.
 *
 * @param loops one for each pass
 * @param columns the first column of each pass
 */
record RowPasses(RowLoop[] loops, int[] columns) {
  /** One pass over all columns. */
  static RowPasses of(RowLoop loop) {
    return new RowPasses(new RowLoop[] {loop}, new int[1]);
  }

  int count() {
    return loops.length;
  }

  /** One pass over some rows. */
  void pass(RowTask task, int pass, int from, int to) {
    loops[pass].run(task, columns[pass], from, to);
  }

  /** All passes over some rows. */
  void run(RowTask task, int from, int to) {
    for (int p = 0; p < loops.length; p++) {
      pass(task, p, from, to);
    }
  }
}
