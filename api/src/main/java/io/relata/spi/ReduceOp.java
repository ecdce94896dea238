package io.relata.spi;

/** Reductions along an axis. */
public enum ReduceOp {
  /** Sum; of nothing 0. BOOL is not allowed. */
  SUM,
  /** Product; of nothing 1. */
  PROD,
  /** Largest; NaN propagates. */
  MAX,
  /** Smallest; NaN propagates. */
  MIN
}
