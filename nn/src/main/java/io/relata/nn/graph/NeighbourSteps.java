package io.relata.nn.graph;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The in-edges of all destinations as sequences to be read together: destinations stand in the
 * order of falling degree, and step t reads edge t of each that has one, which are the first so
 * many. So no step has padding, and nothing of size edges times features is made at once.
 */
final class NeighbourSteps {
  /**
   * What is read at once.
   *
   * @param rows how many destinations have an edge left
   * @param sources (rows,) INT32 the source of each one's edge
   * @param edges (rows,) INT32 the ids of these edges
   */
  record Step(int rows, Tensor sources, Tensor edges) {}

  private final WeakReference<Adjacency> graph;
  private final List<Step> steps = new ArrayList<>();
  private final Tensor positions;

  NeighbourSteps(Adjacency g) {
    graph = new WeakReference<>(g);
    Relata relata = g.relata();
    int[] degrees = g.inDegrees();
    int[] order =
        IntStream.range(0, degrees.length)
            .boxed()
            .sorted(Comparator.comparingInt(v -> -degrees[v]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] position = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      position[order[i]] = i;
    }
    int[] offsets = new int[degrees.length + 1];
    for (int v = 0; v < degrees.length; v++) {
      offsets[v + 1] = offsets[v] + degrees[v];
    }
    int[] slots = new int[g.numEdges()];
    int[] next = offsets.clone();
    for (int e = 0; e < slots.length; e++) {
      slots[next[g.dst(e)]++] = e;
    }
    Tensor[] made = new Tensor[1];
    relata.unscoped(
        () -> {
          made[0] = relata.tensor(position, position.length);
          int rows = order.length;
          for (int t = 0; ; t++) {
            while (rows > 0 && degrees[order[rows - 1]] <= t) {
              rows--;
            }
            if (rows == 0) {
              break;
            }
            int[] edges = new int[rows];
            int[] sources = new int[rows];
            for (int i = 0; i < rows; i++) {
              edges[i] = slots[offsets[order[i]] + t];
              sources[i] = g.src(edges[i]);
            }
            steps.add(new Step(rows, relata.tensor(sources, rows), relata.tensor(edges, rows)));
          }
        });
    positions = made[0];
  }

  /** Whether these are the steps of a graph, which they do not keep alive. */
  boolean of(Adjacency g) {
    return graph.refersTo(g);
  }

  List<Step> steps() {
    return steps;
  }

  /** (numDst,) INT32: where in the order each destination stands. */
  Tensor positions() {
    return positions;
  }
}
