package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Orders in which to visit a homogeneous graph, as lists of frontiers for {@link Propagation}. With
 * {@code backwards} edges are followed from destination to source.
 */
public final class Traversals {
  private Traversals() {}

  /**
   * Frontiers of nodes: each holds the nodes all of whose predecessors are in earlier ones,
   * ascending (DGL: {@code topological_nodes_generator}).
   *
   * @throws RelataException ARGUMENT for a graph with a cycle
   */
  public static List<int[]> topological(HeteroGraph g, boolean backwards) {
    CompressedRows out = rows("topological", g, backwards);
    CompressedRows in = rows("topological", g, !backwards);
    int n = out.numRows();
    int[] waiting = IntStream.range(0, n).map(in::degree).toArray();
    List<int[]> frontiers = new ArrayList<>();
    int[] ready = IntStream.range(0, n).filter(v -> waiting[v] == 0).toArray();
    int visited = 0;
    while (ready.length > 0) {
      frontiers.add(ready);
      visited += ready.length;
      IntStream.Builder next = IntStream.builder();
      for (int u : ready) {
        for (int slot = out.offsets()[u]; slot < out.offsets()[u + 1]; slot++) {
          if (--waiting[out.columns()[slot]] == 0) {
            next.add(out.columns()[slot]);
          }
        }
      }
      ready = next.build().sorted().toArray();
    }
    if (visited < n) {
      throw RelataException.of(ErrorId.ARGUMENT, "A graph with a cycle has no topological order")
          .where("Traversals.topological")
          .found((n - visited) + " of " + n + " nodes are on a cycle or behind one")
          .build();
    }
    return frontiers;
  }

  /**
   * Frontiers of nodes by distance from the sources, those of a frontier in order of discovery
   * (DGL: {@code bfs_nodes_generator}).
   */
  public static List<int[]> breadthFirstNodes(HeteroGraph g, boolean backwards, int... sources) {
    return breadthFirst(g, backwards, sources, true);
  }

  /** Frontiers of the edges by which these nodes are discovered, without the first frontier. */
  public static List<int[]> breadthFirstEdges(HeteroGraph g, boolean backwards, int... sources) {
    return breadthFirst(g, backwards, sources, false);
  }

  private static List<int[]> breadthFirst(
      HeteroGraph g, boolean backwards, int[] sources, boolean nodes) {
    CompressedRows out = rows("breadthFirst", g, backwards);
    boolean[] seen = new boolean[out.numRows()];
    int[] frontier = IntStream.of(sources).filter(v -> first(seen, v)).toArray();
    List<int[]> frontiers = new ArrayList<>();
    if (nodes && frontier.length > 0) {
      frontiers.add(frontier);
    }
    while (frontier.length > 0) {
      IntStream.Builder next = IntStream.builder();
      IntStream.Builder by = IntStream.builder();
      for (int u : frontier) {
        for (int slot = out.offsets()[u]; slot < out.offsets()[u + 1]; slot++) {
          if (first(seen, out.columns()[slot])) {
            next.add(out.columns()[slot]);
            by.add(out.edges()[slot]);
          }
        }
      }
      frontier = next.build().toArray();
      if (frontier.length > 0) {
        frontiers.add(nodes ? frontier : by.build().toArray());
      }
    }
    return frontiers;
  }

  /**
   * The edges of a depth-first search in the order in which they discover nodes, one a frontier
   * (DGL: {@code dfs_edges_generator}); edges of a node are tried in the order of their ids.
   */
  public static List<int[]> depthFirstEdges(HeteroGraph g, boolean backwards, int source) {
    CompressedRows out = rows("depthFirst", g, backwards);
    boolean[] seen = new boolean[out.numRows()];
    first(seen, source);
    List<int[]> frontiers = new ArrayList<>();
    int[] stack = new int[out.numRows()];
    int[] slots = out.offsets().clone();
    int top = 0;
    stack[0] = source;
    while (top >= 0) {
      int u = stack[top];
      if (slots[u] == out.offsets()[u + 1]) {
        top--;
        continue;
      }
      int slot = slots[u]++;
      if (first(seen, out.columns()[slot])) {
        frontiers.add(new int[] {out.edges()[slot]});
        stack[++top] = out.columns()[slot];
      }
    }
    return frontiers;
  }

  /** Marks a node; false if it was marked before. */
  private static boolean first(boolean[] seen, int v) {
    if (v < 0 || v >= seen.length) {
      throw RelataException.of(ErrorId.NODE_ID, "There is no such node")
          .where("Traversals")
          .expected("0 to " + (seen.length - 1))
          .found(Integer.toString(v))
          .build();
    }
    boolean before = seen[v];
    seen[v] = true;
    return !before;
  }

  private static CompressedRows rows(String where, HeteroGraph g, boolean backwards) {
    RelationView r = g.relation();
    SelfLoops.among("Traversals." + where, g, r.type().toString());
    return backwards ? r.csc() : r.csr();
  }
}
