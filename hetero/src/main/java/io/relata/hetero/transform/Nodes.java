package io.relata.hetero.transform;

/** Which nodes a subgraph of some edges has (DGL: {@code relabel_nodes}). */
public enum Nodes {
  /** All, with the ids they have. */
  ALL,
  /**
   * Those that its edges touch, numbered in order of first appearance: relation by relation, the
   * sources of all edges, then their destinations.
   */
  TOUCHED
}
