package io.relata.hetero.transform;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeList;
import io.relata.hetero.EdgeOrder;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.spi.Reducer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A graph in which parallel edges have become one (DGL: {@code to_simple}).
 *
 * @param graph edges ordered by source, then destination
 * @param counts per relation, how many edges each edge stands for (DGL: {@code return_counts})
 * @param mapping per relation, the new id of every old edge (DGL: {@code writeback_mapping})
 */
public record Simplified(
    HeteroGraph graph, Map<EdgeType, int[]> counts, Map<EdgeType, int[]> mapping) {

  /**
   * Joins parallel edges; the fields are those of the one with the smallest id, which {@code
   * parentEdges} names (DGL: {@code aggregator='arbitrary'}).
   */
  public static Simplified of(HeteroGraph g) {
    return of(g, null);
  }

  /** Joins parallel edges; the fields are reduced over them, with gradients. */
  public static Simplified of(HeteroGraph g, Reducer fields) {
    Derivation d = Derivation.of(g).keepAllNodes();
    Map<EdgeType, int[]> counts = new TreeMap<>();
    Map<EdgeType, int[]> mapping = new TreeMap<>();
    for (EdgeType type : g.edgeTypes()) {
      EdgeList e = g.relation(type.toString()).allEdges(EdgeOrder.SOURCE_DESTINATION);
      int[] starts =
          IntStream.range(0, e.size())
              .filter(i -> i == 0 || e.src()[i] != e.src()[i - 1] || e.dst()[i] != e.dst()[i - 1])
              .toArray();
      int[] count = new int[starts.length];
      int[] map = new int[e.size()];
      for (int n = 0; n < starts.length; n++) {
        int end = n + 1 < starts.length ? starts[n + 1] : e.size();
        count[n] = end - starts[n];
        for (int i = starts[n]; i < end; i++) {
          map[e.ids()[i]] = n;
        }
      }
      counts.put(type, count);
      mapping.put(type, map);
      d.edges(type, at(e.src(), starts), at(e.dst(), starts), at(e.ids(), starts));
    }
    HeteroGraph made = d.build();
    if (fields != null) {
      mapping.forEach((type, map) -> reduce(g, made, type, map, fields));
    }
    return new Simplified(made, counts, mapping);
  }

  private static int[] at(int[] values, int[] positions) {
    return Arrays.stream(positions).map(i -> values[i]).toArray();
  }

  private static void reduce(
      HeteroGraph g, HeteroGraph made, EdgeType type, int[] map, Reducer reducer) {
    String name = type.toString();
    Relata relata = g.relata();
    // Old edges are the edges of a graph whose destinations are the new ones.
    Adjacency joining =
        Adjacency.of(
            relata,
            "Simplified, relation '" + type + "'",
            map.length,
            made.numEdges(name),
            IntStream.range(0, map.length).toArray(),
            map);
    for (String field : g.edges(name).fields()) {
      Tensor old = g.edges(name).get(field);
      made.edges(name).set(field, GraphOps.copyReduce(joining, reducer, Arg.e(old)));
    }
  }
}
