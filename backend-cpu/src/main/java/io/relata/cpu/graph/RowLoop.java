package io.relata.cpu.graph;

/** A loop over rows of an index; copies of the templates implement it. */
interface RowLoop {
  /**
   * Computes rows {@code from} to {@code to - 1}.
   *
   * @param column first column of the pass; 0 for loops that take all columns
   */
  void run(RowTask task, int column, int from, int to);
}
