package io.relata.cpu.dense;

import io.relata.cpu.Workers;
import java.util.function.IntConsumer;

/**
 * Cuts runs of elements into pieces whose places depend on the length alone and spreads them on
 * threads.
 */
final class Chunks {
  /**
   * Elements in a piece: large enough to hide the hand-over, small enough for the second-level
   * cache.
   */
  static final int ELEMENTS = 16_384;

  private final Workers workers;

  /** Work on elements from (inclusive) to (exclusive). */
  interface Range {
    void run(long from, long to);
  }

  Chunks(Workers workers) {
    this.workers = workers;
  }

  /** Threads that share the work. */
  int threads() {
    return workers.count();
  }

  /** Runs numbered tasks, each whatever its size. */
  void tasks(int count, IntConsumer body) {
    workers.forEach(count, body);
  }

  /** Work on {@code n} elements. */
  void elements(long n, Range body) {
    units(n, 1, body);
  }

  /** Work on {@code n} units, rows say, of {@code each} elements. */
  void units(long n, long each, Range body) {
    long step = Math.max(1, ELEMENTS / Math.max(1, each));
    if (n <= 0) {
      return;
    }
    if (n <= step) {
      body.run(0, n);
      return;
    }
    int count = Math.toIntExact((n + step - 1) / step);
    workers.forEach(count, i -> body.run(i * step, Math.min(n, (i + 1) * step)));
  }
}
