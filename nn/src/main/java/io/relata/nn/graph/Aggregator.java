package io.relata.nn.graph;

/** How {@link SageConv} reduces the neighbours of a node. */
public enum Aggregator {
  /** Their mean. */
  MEAN,
  /** Mean of the neighbours and the node itself, which then has no map of its own. */
  GCN,
  /** Largest of relu(fc_pool(x)). */
  POOL,
  /** Last output of an LSTM that reads the neighbours in the order of edge ids. */
  LSTM
}
