package io.relata.spi;

/**
 * How a row combines the messages of its edges, in the order of edge ids. A row without edges is 0.
 */
public enum Reducer {
  /** Sum. */
  SUM,
  /** Sum divided by the number of edges. */
  MEAN,
  /** Largest; NaN propagates; of equal ones the smallest edge id counts as the winner. */
  MAX,
  /** Smallest; NaN propagates; of equal ones the smallest edge id counts as the winner. */
  MIN
}
