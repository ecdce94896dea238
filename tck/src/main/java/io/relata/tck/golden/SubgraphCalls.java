package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.transform.Blocks;
import io.relata.hetero.transform.Compaction;
import io.relata.hetero.transform.Edits;
import io.relata.hetero.transform.Nodes;
import io.relata.hetero.transform.Subgraphs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Parts of a graph, blocks, and graphs with nodes and edges added or removed. */
final class SubgraphCalls {
  private final Relata relata;
  private final GoldenCase golden;
  private final JsonNode expected;
  private final HeteroGraph graph;
  private final Map<String, Tensor> out = new LinkedHashMap<>();

  private SubgraphCalls(Trial t) {
    relata = t.relata();
    golden = t.golden();
    expected = golden.json().get("outputs");
    graph = golden.graph().build(relata);
    MultiUpdateCalls.setFields(t, graph);
  }

  static Map<String, Tensor> run(Trial t, String api) {
    SubgraphCalls calls = new SubgraphCalls(t);
    switch (api) {
      case "khop_in_subgraph", "khop_out_subgraph" -> calls.kHop(api.contains("_in_"));
      case "to_block" -> calls.toBlock();
      case "compact_graphs" -> calls.compact();
      default -> GraphResult.put(calls.out, "", calls.expected, calls.part(t, api));
    }
    return calls.out;
  }

  private JsonNode parameter(String name) {
    return golden.call().get(name);
  }

  private HeteroGraph part(Trial t, String api) {
    return switch (api) {
      case "node_subgraph" -> Subgraphs.ofNodes(graph, nodes("nodes"), kept(true));
      case "edge_subgraph" -> Subgraphs.ofEdges(graph, edges("edges"), kept(true));
      case "in_subgraph" -> Subgraphs.in(graph, nodes("nodes"), kept(false));
      case "out_subgraph" -> Subgraphs.out(graph, nodes("nodes"), kept(false));
      case "node_type_subgraph" -> Subgraphs.ofNodeTypes(graph, names("ntypes"));
      case "edge_type_subgraph" -> Subgraphs.ofRelations(graph, names("etypes"));
      case "add_nodes" ->
          Edits.addNodes(graph, nodeType("ntype"), parameter("num").asInt(), given(t));
      case "add_edges" ->
          Edits.addEdges(
              graph,
              edgeType("etype"),
              Dense.ints(parameter("src")),
              Dense.ints(parameter("dst")),
              given(t));
      case "remove_nodes" -> Edits.removeNodes(graph, Map.of(nodeType("ntype"), ids("nids")));
      case "remove_edges" -> Edits.removeEdges(graph, Map.of(edgeType("etype"), ids("eids")));
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    };
  }

  private Nodes kept(boolean relabelled) {
    boolean touched = golden.call().path("relabel_nodes").asBoolean(relabelled);
    return touched ? Nodes.TOUCHED : Nodes.ALL;
  }

  private String nodeType(String name) {
    String given = golden.text(name);
    return given != null ? given : graph.nodes().type();
  }

  private String edgeType(String name) {
    String given = golden.text(name);
    return given != null ? given : graph.relation().type().toString();
  }

  private String[] names(String parameter) {
    List<String> names = new ArrayList<>();
    parameter(parameter).forEach(n -> names.add(n.asText()));
    return names.toArray(String[]::new);
  }

  private int[] ids(String parameter) {
    return ids(parameter(parameter));
  }

  /** A list of ids, or a mask. */
  private static int[] ids(JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode entry = list.get(i);
      if (!entry.isBoolean()) {
        ids.add(entry.asInt());
      } else if (entry.asBoolean()) {
        ids.add(i);
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private Map<String, int[]> nodes(String parameter) {
    return byType(parameter(parameter), () -> graph.nodes().type());
  }

  private Map<String, int[]> edges(String parameter) {
    return byType(parameter(parameter), () -> graph.relation().type().toString());
  }

  private static Map<String, int[]> byType(JsonNode given, Supplier<String> only) {
    Map<String, int[]> all = new LinkedHashMap<>();
    if (given.isObject()) {
      given.properties().forEach(e -> all.put(e.getKey(), ids(e.getValue())));
    } else {
      all.put(only.get(), ids(given));
    }
    return all;
  }

  /** Rows of fields, one number each. */
  private Map<String, Tensor> given(Trial t) {
    Map<String, Tensor> fields = new LinkedHashMap<>();
    JsonNode data = golden.call().path("data");
    data.properties()
        .forEach(
            e -> {
              double[] rows = new double[e.getValue().size()];
              for (int i = 0; i < rows.length; i++) {
                rows[i] = e.getValue().get(i).doubleValue();
              }
              fields.put(e.getKey(), relata.tensor(rows).to(t.dtype()));
            });
    return fields;
  }

  private void kHop(boolean in) {
    int k = parameter("k").asInt();
    Subgraphs.Neighbourhood found =
        in
            ? Subgraphs.kHopIn(graph, nodes("nodes"), k)
            : Subgraphs.kHopOut(graph, nodes("nodes"), k);
    GraphResult.put(out, "", expected, found.graph());
    boolean byType = parameter("nodes").isObject();
    found
        .seeds()
        .forEach(
            (type, ids) -> out.put(byType ? "inverse/" + type : "inverse", relata.tensor(ids)));
  }

  private void toBlock() {
    if (!golden.call().has("dst_nodes")) {
      GraphResult.put(out, "", expected, Blocks.of(graph));
      return;
    }
    Map<String, int[]> seeds = nodes("dst_nodes");
    boolean wholeGraph = golden.call().path("note").asText().contains("whole graph");
    HeteroGraph frontier = wholeGraph ? graph : Subgraphs.in(graph, seeds, Nodes.ALL);
    boolean included = golden.call().path("include_dst_in_src").asBoolean(true);
    GraphResult.put(out, "", expected, Blocks.of(frontier, seeds, included));
    if (expected.has("frontier")) {
      GraphResult.put(out, "frontier/", expected.get("frontier"), frontier);
    }
  }

  private void compact() {
    if (!golden.call().has("second_graph")) {
      Map<String, int[]> preserved =
          golden.call().has("always_preserve") ? nodes("always_preserve") : Map.of();
      GraphResult.put(out, "", expected, Compaction.of(List.of(graph), preserved).getFirst());
      return;
    }
    HeteroGraph second = GoldenGraph.plain(relata, parameter("second_graph"));
    List<HeteroGraph> made = Compaction.of(List.of(graph, second), Map.of());
    for (int i = 0; i < made.size(); i++) {
      GraphResult.put(out, "graphs/" + i + "/", expected.get("graphs").get(i), made.get(i));
    }
  }
}
