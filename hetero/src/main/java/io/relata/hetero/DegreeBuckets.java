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
 * @param edges (E,) INT32: the in-edges of the first group's first node in ascending id, those of
 *     its second node, and so on through all groups
 */
record DegreeBuckets(List<Group> groups, Tensor edges) {
  /**
   * Nodes of one in-degree.
   *
   * @param degree in-edges of each
   * @param nodes (nodes,) INT32, ascending
   */
  record Group(int degree, Tensor nodes) {}

  /** How many edges each group has. */
  long[] sizes() {
    return groups.stream().mapToLong(g -> g.nodes.size() * g.degree).toArray();
  }

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
    int[] edges = new int[dst.length];
    Tensor[] result = new Tensor[1];
    relata.unscoped(
        () -> {
          int at = 0;
          int filled = 0;
          while (at < order.length && degrees[order[at]] == 0) {
            at++;
          }
          for (int d : distinct) {
            int end = at;
            while (end < order.length && degrees[order[end]] == d) {
              end++;
            }
            int[] nodes = Arrays.copyOfRange(order, at, end);
            for (int node : nodes) {
              System.arraycopy(byNode, first[node], edges, filled, d);
              filled += d;
            }
            groups.add(new Group(d, relata.tensor(nodes)));
            at = end;
          }
          result[0] = relata.tensor(edges);
        });
    return new DegreeBuckets(List.copyOf(groups), result[0]);
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
