package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.graph.Adjacency;
import java.lang.ref.WeakReference;

/**
 * Refuses graphs with nodes that receive no message. Remembers the last graph that passed, because
 * counting degrees in every step of a training loop would cost more than the layer.
 */
final class ZeroInDegree {
  private volatile WeakReference<Adjacency> passed = new WeakReference<>(null);

  void refuse(Adjacency g, String layer) {
    if (passed.refersTo(g)) {
      return;
    }
    int[] degrees = g.inDegrees();
    int count = 0;
    int first = -1;
    for (int v = 0; v < degrees.length; v++) {
      if (degrees[v] == 0) {
        count++;
        first = first < 0 ? v : first;
      }
    }
    if (count > 0) {
      throw RelataException.of(
              ErrorId.ZERO_IN_DEGREE, "Nodes without in-edges would get a result of no meaning")
          .where(layer)
          .found(count + " of " + degrees.length + " nodes, the first is node " + first)
          .remedy("add self-loops to the graph, or build the layer with allowZeroInDegree(true)")
          .build();
    }
    passed = new WeakReference<>(g);
  }
}
