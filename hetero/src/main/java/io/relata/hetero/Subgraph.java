package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Takes parts out of a graph. */
final class Subgraph {
  private Subgraph() {}

  static HeteroGraph byNodes(HeteroGraph graph, Map<String, int[]> wanted) {
    Relata relata = graph.relata();
    wanted.keySet().forEach(graph::numNodes);
    Map<String, int[]> newIds = new TreeMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Tensor> parentNodes = new TreeMap<>();
    for (String type : graph.nodeTypes()) {
      int[] nodes = wanted.getOrDefault(type, new int[0]);
      newIds.put(type, newIds(type, nodes, graph.numNodes(type)));
      counts.put(type, nodes.length);
      relata.unscoped(() -> parentNodes.put(type, relata.tensor(nodes)));
    }
    Map<EdgeType, Adjacency> adjacencies = new TreeMap<>();
    Map<EdgeType, Tensor> parentEdges = new TreeMap<>();
    for (EdgeType type : graph.edgeTypes()) {
      Adjacency a = graph.adjacency(type);
      int[] src = newIds.get(type.source());
      int[] dst = newIds.get(type.destination());
      // DGL's order: by new source, edges of one source by id.
      int[] kept =
          IntStream.range(0, a.numEdges())
              .filter(e -> src[a.src(e)] >= 0 && dst[a.dst(e)] >= 0)
              .mapToLong(e -> (long) src[a.src(e)] << Integer.SIZE | e)
              .sorted()
              .mapToInt(key -> (int) key)
              .toArray();
      adjacencies.put(
          type,
          Adjacency.of(
              relata,
              "relation '" + type + "'",
              counts.get(type.source()),
              counts.get(type.destination()),
              Arrays.stream(kept).map(e -> src[a.src(e)]).toArray(),
              Arrays.stream(kept).map(e -> dst[a.dst(e)]).toArray()));
      relata.unscoped(() -> parentEdges.put(type, relata.tensor(kept)));
    }
    HeteroGraph sub =
        new HeteroGraph(
            relata, counts, adjacencies, new HeteroGraph.Parent(parentNodes, parentEdges));
    parentNodes.forEach((t, index) -> sub.dstFrame(t).gatherFrom(graph.dstFrame(t), index));
    parentEdges.forEach((t, index) -> sub.edgeFrame(t).gatherFrom(graph.edgeFrame(t), index));
    return sub;
  }

  private static int[] newIds(String type, int[] nodes, int count) {
    int[] ids = new int[count];
    Arrays.fill(ids, -1);
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i] < 0 || nodes[i] >= count || ids[nodes[i]] >= 0) {
        throw RelataException.of(ErrorId.NODE_ID, "A subgraph needs different nodes of the graph")
            .where("node type '" + type + "', position " + i)
            .expected("0 to " + (count - 1) + ", each at most once")
            .found(Integer.toString(nodes[i]))
            .build();
      }
      ids[nodes[i]] = i;
    }
    return ids;
  }
}
