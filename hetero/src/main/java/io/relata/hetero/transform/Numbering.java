package io.relata.hetero.transform;

import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** New ids for some nodes of a type, in the order in which they are first added. */
final class Numbering {
  private final int[] newIds;
  private final int[] order;
  private int count;

  Numbering(int nodes) {
    newIds = new int[nodes];
    Arrays.fill(newIds, -1);
    order = new int[nodes];
  }

  /** One for each node type of a graph. */
  static Map<String, Numbering> perType(HeteroGraph g) {
    Map<String, Numbering> all = new TreeMap<>();
    g.nodeTypes().forEach(t -> all.put(t, new Numbering(g.numNodes(t))));
    return all;
  }

  /** Adds the ends of edges: the sources of all, then their destinations. */
  static void add(Map<String, Numbering> types, EdgeType relation, int[] src, int[] dst) {
    types.get(relation.source()).add(src);
    types.get(relation.destination()).add(dst);
  }

  void add(int... nodes) {
    for (int v : nodes) {
      if (newIds[v] < 0) {
        newIds[v] = count;
        order[count++] = v;
      }
    }
  }

  /** The new id of a node, or -1. */
  int of(int node) {
    return newIds[node];
  }

  int[] of(int[] nodes) {
    return IntStream.of(nodes).map(this::of).toArray();
  }

  int count() {
    return count;
  }

  /** The node with a new id. */
  int nodes(int newId) {
    return order[newId];
  }

  /** The nodes by their new ids. */
  int[] nodes() {
    return Arrays.copyOf(order, count);
  }
}
