package io.relata.cpu.graph;

/** A loop over recorded winners; copies of {@link WinnerGradient} implement it. */
interface WinnerLoop {
  /**
   * Adds the gradients of rows {@code from} to {@code to - 1} at the given positions of the plan.
   */
  void run(WinnerTask task, int[] positions, int from, int to);
}
