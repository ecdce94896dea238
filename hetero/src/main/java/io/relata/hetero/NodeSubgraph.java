package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.RelataException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The subgraph that some nodes induce. */
final class NodeSubgraph {
  private NodeSubgraph() {}

  static HeteroGraph of(HeteroGraph graph, Map<String, int[]> wanted) {
    wanted.keySet().forEach(graph::numNodes);
    Derivation d = Derivation.of(graph);
    Map<String, int[]> nodes = new TreeMap<>();
    Map<String, int[]> newIds = new TreeMap<>();
    for (String type : graph.nodeTypes()) {
      nodes.put(type, wanted.getOrDefault(type, new int[0]));
      newIds.put(type, newIds(type, nodes.get(type), graph.numNodes(type)));
      d.nodes(type, nodes.get(type));
    }
    for (EdgeType type : graph.edgeTypes()) {
      RelationView r = graph.relation(type.toString());
      int[] src = newIds.get(type.source());
      int[] dst = newIds.get(type.destination());
      // DGL's order: by new source, edges of one source by id.
      int[] kept =
          IntStream.of(r.outEdges(nodes.get(type.source())))
              .filter(e -> dst[r.adjacency().dst(e)] >= 0)
              .toArray();
      d.edges(
          type,
          Arrays.stream(kept).map(e -> src[r.adjacency().src(e)]).toArray(),
          Arrays.stream(kept).map(e -> dst[r.adjacency().dst(e)]).toArray(),
          kept);
    }
    return d.build();
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
