package io.relata.hetero;

import io.relata.graph.Adjacency;

/** The edges of one relation of a graph, with what message passing caches on them. */
final class Relation {
  private final EdgeType type;
  private final Adjacency adjacency;
  private DegreeBuckets buckets;

  Relation(EdgeType type, Adjacency adjacency) {
    this.type = type;
    this.adjacency = adjacency;
  }

  EdgeType type() {
    return type;
  }

  Adjacency adjacency() {
    return adjacency;
  }

  int numEdges() {
    return adjacency.numEdges();
  }

  synchronized DegreeBuckets buckets() {
    if (buckets == null) {
      buckets = DegreeBuckets.of(adjacency);
    }
    return buckets;
  }

  /** The same node sets with only the given edges, in the given order. */
  Relation restrict(int[] edges) {
    return new Relation(type, adjacency.withEdges("relation '" + type + "'", edges));
  }
}
