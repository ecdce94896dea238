package io.relata.benchmarks;

import java.util.Arrays;

/**
 * The edges that a run measures on, as two lists of node numbers.
 *
 * @param name how figures call the graph
 * @param nodes number of nodes
 * @param src sources by edge id
 * @param dst destinations by edge id
 */
record Edges(String name, int nodes, int[] src, int[] dst) {

  /** An R-MAT graph with its edges sorted by destination, the better case of every tool. */
  static Edges rmat(String name, int nodes, int edges) {
    Rmat rmat = Rmat.of(nodes, edges, 1);
    return new Edges(name, nodes, rmat.src(), rmat.dst()).sortedByDestination();
  }

  int size() {
    return src.length;
  }

  /** The same edges numbered by destination; edges of one destination keep their order. */
  Edges sortedByDestination() {
    int[] next = new int[nodes + 1];
    for (int v : dst) {
      next[v + 1]++;
    }
    Arrays.parallelPrefix(next, Integer::sum);
    int[] s = new int[size()];
    int[] d = new int[size()];
    for (int e = 0; e < size(); e++) {
      int slot = next[dst[e]]++;
      s[slot] = src[e];
      d[slot] = dst[e];
    }
    return new Edges(name, nodes, s, d);
  }

  /** The edges cut into relations by turns: edge e belongs to relation {@code e % relations}. */
  Edges[] split(int relations) {
    Edges[] parts = new Edges[relations];
    for (int r = 0; r < relations; r++) {
      int size = (size() - r + relations - 1) / relations;
      int[] s = new int[size];
      int[] d = new int[size];
      for (int i = 0; i < size; i++) {
        s[i] = src[r + i * relations];
        d[i] = dst[r + i * relations];
      }
      parts[r] = new Edges(name, nodes, s, d);
    }
    return parts;
  }

  /** How many different nodes occur in a list. */
  static long distinct(int[] nodes) {
    return Arrays.stream(nodes).distinct().count();
  }
}
