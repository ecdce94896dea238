package io.relata.cpu.graph;

/** A loop over recorded winners; copies of the templates implement it. */
interface WinnerLoop {
  /**
   * Makes the gradients of rows {@code from} to {@code to - 1} of the task's index.
   *
   * @param column first output of the pass; 0 for loops that take all
   */
  void run(WinnerTask task, int column, int from, int to);
}
