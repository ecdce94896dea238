package io.relata.hetero;

import io.relata.Tensor;
import io.relata.graph.Adjacency;

/** The edges of one relation of a graph, with what message passing caches on them. */
final class Relation {
  private final EdgeType type;
  private final Adjacency adjacency;
  private DegreeBuckets buckets;
  private Tensor received;
  private CompressedRows in;
  private CompressedRows out;
  private SortedPairs pairs;

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

  /** Edges grouped by destination, on the heap, for questions about the structure. */
  synchronized CompressedRows in() {
    if (in == null) {
      in = CompressedRows.of(adjacency.numDst(), adjacency.dst(), adjacency.src());
    }
    return in;
  }

  /** Edges grouped by source. */
  synchronized CompressedRows out() {
    if (out == null) {
      out = CompressedRows.of(adjacency.numSrc(), adjacency.src(), adjacency.dst());
    }
    return out;
  }

  synchronized SortedPairs pairs() {
    if (pairs == null) {
      pairs = new SortedPairs(out());
    }
    return pairs;
  }

  /** (numDst,) BOOL: which destination nodes have in-edges; made once, it outlives every scope. */
  synchronized Tensor received() {
    if (received == null) {
      int[] degrees = adjacency.inDegrees();
      boolean[] any = new boolean[degrees.length];
      for (int v = 0; v < any.length; v++) {
        any[v] = degrees[v] > 0;
      }
      adjacency.relata().unscoped(() -> received = adjacency.relata().tensor(any));
    }
    return received;
  }

  /** The same node sets with only the given edges, in the given order. */
  Relation restrict(int[] edges) {
    return new Relation(type, adjacency.withEdges("relation '" + type + "'", edges));
  }
}
