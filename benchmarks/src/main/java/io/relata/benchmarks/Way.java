package io.relata.benchmarks;

import io.relata.Tensor;

/**
 * A tool's entry in a contest; of several ways of one tool only the fastest stays.
 *
 * @param tool whose it is
 * @param name which of its operations are used
 * @param attempt computes
 */
record Way(Tool tool, String name, Attempt attempt) {
  /** A way that leaves its numbers in a tensor of ours. */
  static Way into(Tensor result, Tool tool, String name, Runnable body) {
    return new Way(
        tool,
        name,
        look -> {
          body.run();
          return look ? Bench.first(result) : null;
        });
  }
}
