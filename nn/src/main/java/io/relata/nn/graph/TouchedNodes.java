package io.relata.nn.graph;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.graph.TypedAdjacency.Part;

/**
 * A relation's edges between those nodes alone that it touches, as {@link HeteroProduct} walks
 * them. Made once for a graph.
 */
final class TouchedNodes {
  /** As in {@link TypedAdjacency}: a relation that touches most nodes keeps their numbers. */
  private static final double DENSE = 0.75;

  private final Adjacency all;
  private final int[] sources;
  private final int[] destinations;
  private Part bySource;
  private Part byDestination;

  TouchedNodes(Adjacency all) {
    this.all = all;
    this.sources = touched(all.outDegrees());
    this.destinations = touched(all.inDegrees());
  }

  private static int[] touched(int[] degrees) {
    int n = 0;
    for (int d : degrees) {
      n += d > 0 ? 1 : 0;
    }
    int[] nodes = new int[n];
    for (int v = degrees.length - 1; v >= 0; v--) {
      if (degrees[v] > 0) {
        nodes[--n] = v;
      }
    }
    return nodes;
  }

  /** The relation itself. */
  Adjacency all() {
    return all;
  }

  /** Number of nodes with out-edges. */
  int sources() {
    return sources.length;
  }

  /** Number of nodes with in-edges. */
  int destinations() {
    return destinations.length;
  }

  /** The edges with touched sources numbered anew. */
  synchronized Part bySource() {
    if (bySource == null) {
      bySource = part(sources, all.numSrc(), true);
    }
    return bySource;
  }

  /** The edges with touched destinations numbered anew. */
  synchronized Part byDestination() {
    if (byDestination == null) {
      byDestination = part(destinations, all.numDst(), false);
    }
    return byDestination;
  }

  private Part part(int[] rows, int total, boolean source) {
    if (rows.length >= DENSE * total) {
      return new Part(all, null);
    }
    int[] number = new int[total];
    for (int i = 0; i < rows.length; i++) {
      number[rows[i]] = i;
    }
    int[] src = all.src();
    int[] dst = all.dst();
    int[] ends = source ? src : dst;
    for (int e = 0; e < ends.length; e++) {
      ends[e] = number[ends[e]];
    }
    Relata relata = all.relata();
    Tensor[] index = new Tensor[1];
    relata.unscoped(() -> index[0] = relata.tensor(rows, rows.length));
    int numSrc = source ? rows.length : all.numSrc();
    int numDst = source ? all.numDst() : rows.length;
    return new Part(Adjacency.of(relata, "relation", numSrc, numDst, src, dst), index[0]);
  }
}
