package io.relata.nn.graph;

/** How {@link GraphConv} scales sums by degrees, which count at least 1. */
public enum Norm {
  /** Not at all. */
  NONE,
  /** Sources by 1 / sqrt(out-degree), results by 1 / sqrt(in-degree). */
  BOTH,
  /** Results by 1 / in-degree: the mean of the messages. */
  RIGHT,
  /** Sources by 1 / out-degree. */
  LEFT
}
