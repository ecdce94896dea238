package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Relata;
import io.relata.graph.Adjacency;
import io.relata.hetero.EdgeType;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The input graph of a case.
 *
 * @param counts nodes of each type
 * @param relations in the order of the file
 */
record GoldenGraph(Map<String, Integer> counts, List<Edges> relations) {
  /**
   * The edges of one relation.
   *
   * @param type full name
   * @param src source of each edge
   * @param dst destination of each edge
   */
  record Edges(EdgeType type, int[] src, int[] dst) {}

  static GoldenGraph of(JsonNode json) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    json.get("num_nodes").properties().forEach(e -> counts.put(e.getKey(), e.getValue().asInt()));
    List<Edges> relations = new ArrayList<>();
    for (JsonNode r : json.get("relations")) {
      relations.add(
          new Edges(edgeType(r.get("etype")), Dense.ints(r.get("src")), Dense.ints(r.get("dst"))));
    }
    return new GoldenGraph(counts, List.copyOf(relations));
  }

  /** A graph of one type written in short: num_nodes, src, dst. */
  static HeteroGraph plain(Relata relata, JsonNode json) {
    return HeteroGraph.homogeneous(
        relata,
        json.get("num_nodes").asInt(),
        Dense.ints(json.get("src")),
        Dense.ints(json.get("dst")));
  }

  static EdgeType edgeType(JsonNode json) {
    return new EdgeType(json.get(0).asText(), json.get(1).asText(), json.get(2).asText());
  }

  HeteroGraph build(Relata relata) {
    GraphBuilder b = HeteroGraph.builder(relata);
    counts.forEach(b::nodes);
    relations.forEach(r -> b.relation(r.type(), r.src(), r.dst()));
    return b.build();
  }

  /** The only relation. */
  Edges only() {
    if (relations.size() != 1) {
      throw new UnsupportedCase("one relation expected, found " + relations.size());
    }
    return relations.getFirst();
  }

  Adjacency adjacency(Relata relata) {
    Edges e = only();
    return Adjacency.of(
        relata,
        "relation '" + e.type() + "'",
        counts.get(e.type().source()),
        counts.get(e.type().destination()),
        e.src(),
        e.dst());
  }

  Edges find(EdgeType type) {
    return relations.stream()
        .filter(r -> r.type().equals(type))
        .findFirst()
        .orElseThrow(() -> new UnsupportedCase("the graph has no relation " + type));
  }
}
