package io.relata.hetero;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Destination nodes grouped by in-degree, so that the mailboxes of a group form one tensor. Nodes
 * without in-edges are in no group.
 *
 * @param groups in ascending degree
 */
record DegreeBuckets(List<Group> groups) {
  /**
   * Nodes of one in-degree.
   *
   * @param degree in-edges of each
   * @param nodes (nodes,) INT32, ascending
   * @param edges (nodes * degree,) INT32: each node's in-edges in ascending id
   */
  record Group(int degree, Tensor nodes, Tensor edges) {}

  static DegreeBuckets of(Adjacency g) {
    int[] degrees = g.inDegrees();
    int[] dst = g.dst();
    int[] first = new int[degrees.length + 1];
    for (int v = 0; v < degrees.length; v++) {
      first[v + 1] = first[v] + degrees[v];
    }
    int[] next = first.clone();
    int[] byNode = new int[dst.length];
    for (int e = 0; e < dst.length; e++) {
      byNode[next[dst[e]]++] = e;
    }
    int[] distinct = Arrays.stream(degrees).filter(d -> d > 0).distinct().sorted().toArray();
    List<Group> groups = new ArrayList<>();
    Relata relata = g.relata();
    int[] order = nodesByDegree(degrees);
    relata.unscoped(
        () -> {
          int at = 0;
          while (at < order.length && degrees[order[at]] == 0) {
            at++;
          }
          for (int d : distinct) {
            int end = at;
            while (end < order.length && degrees[order[end]] == d) {
              end++;
            }
            int[] nodes = Arrays.copyOfRange(order, at, end);
            int[] edges = new int[nodes.length * d];
            for (int i = 0; i < nodes.length; i++) {
              System.arraycopy(byNode, first[nodes[i]], edges, i * d, d);
            }
            groups.add(new Group(d, relata.tensor(nodes), relata.tensor(edges)));
            at = end;
          }
        });
    return new DegreeBuckets(List.copyOf(groups));
  }

  /** Node ids by ascending degree, then id: a stable counting sort. */
  private static int[] nodesByDegree(int[] degrees) {
    int[] start = new int[Arrays.stream(degrees).max().orElse(0) + 2];
    for (int d : degrees) {
      start[d + 1]++;
    }
    for (int d = 1; d < start.length; d++) {
      start[d] += start[d - 1];
    }
    int[] order = new int[degrees.length];
    for (int v = 0; v < degrees.length; v++) {
      order[start[degrees[v]]++] = v;
    }
    return order;
  }
}
