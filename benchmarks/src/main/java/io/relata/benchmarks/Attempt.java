package io.relata.benchmarks;

/** One tool's way to compute a case, run again and again. */
@FunctionalInterface
interface Attempt {
  /**
   * Computes the case once.
   *
   * @param look whether the result is asked for, to compare tools; never while time is taken
   * @return the first numbers of the result where asked for, else null
   */
  float[] run(boolean look);

  /** How many numbers are compared. */
  int LOOK = 4096;
}
