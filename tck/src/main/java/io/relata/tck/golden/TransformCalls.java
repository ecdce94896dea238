package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.transform.Homogeneous;
import io.relata.hetero.transform.LineGraph;
import io.relata.hetero.transform.Metapaths;
import io.relata.hetero.transform.PointClouds;
import io.relata.hetero.transform.Reversal;
import io.relata.hetero.transform.SelfLoops;
import io.relata.hetero.transform.Simplified;
import io.relata.hetero.transform.Walks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Graphs made from graphs. */
final class TransformCalls {
  private final Trial trial;
  private final Relata relata;
  private final GoldenCase golden;
  private final JsonNode expected;
  private final HeteroGraph graph;
  private final Map<String, Tensor> out = new LinkedHashMap<>();

  private TransformCalls(Trial t) {
    trial = t;
    relata = t.relata();
    golden = t.golden();
    expected = golden.json().get("outputs");
    graph = golden.graph().build(relata);
    MultiUpdateCalls.setFields(t, graph);
  }

  static Map<String, Tensor> run(Trial t, String api) {
    TransformCalls calls = new TransformCalls(t);
    switch (api) {
      case "to_homogeneous" -> calls.toHomogeneous();
      case "to_heterogeneous" -> calls.toHeterogeneous();
      case "to_simple" -> calls.toSimple();
      default -> GraphResult.put(calls.out, "", calls.expected, calls.transformed(api));
    }
    return calls.out;
  }

  private HeteroGraph transformed(String api) {
    JsonNode call = golden.call();
    return switch (api) {
      case "reverse" -> Reversal.reverse(graph);
      case "add_self_loop" -> addSelfLoop(call.path("fill_data"));
      case "remove_self_loop" -> SelfLoops.remove(graph, relation());
      case "to_bidirected" -> Reversal.toBidirected(graph);
      case "add_reverse_edges" ->
          Reversal.addReverseEdges(graph, !call.path("exclude_self").asBoolean(true));
      case "line_graph" -> LineGraph.of(graph, call.path("backtracking").asBoolean(true));
      case "metapath_reachable_graph" -> Metapaths.reachable(graph, names(call.get("metapath")));
      case "khop_graph" -> Walks.graph(graph, call.get("k").asInt());
      case "knn_graph" -> PointClouds.nearest(points(), call.get("k").asInt());
      case "radius_graph" ->
          PointClouds.within(points(), call.get("r").asDouble(), golden.flag("self_loop"));
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    };
  }

  private Tensor points() {
    return trial.tensor(Dense.of(golden.call().get("points")));
  }

  private String relation() {
    String given = golden.text("etype");
    return given != null ? given : graph.relation().type().toString();
  }

  private HeteroGraph addSelfLoop(JsonNode fill) {
    if (fill.isMissingNode()) {
      return SelfLoops.add(graph, relation());
    }
    return fill.isNumber()
        ? SelfLoops.add(graph, relation(), fill.asDouble())
        : SelfLoops.add(graph, relation(), Words.reducer(fill.asText()));
  }

  private static String[] names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(n -> names.add(n.asText()));
    return names.toArray(String[]::new);
  }

  // ---- types ----

  private void toHomogeneous() {
    Homogeneous h = homogeneous("");
    if (golden.flag("return_count")) {
      out.put("ntype_count", relata.tensor(counts(h.nodeType(), h.nodeTypes().size())));
      out.put("etype_count", relata.tensor(counts(h.edgeType(), h.edgeTypes().size())));
    }
  }

  private static int[] counts(int[] numbers, int names) {
    int[] counts = new int[names];
    for (int n : numbers) {
      counts[n]++;
    }
    return counts;
  }

  private Homogeneous homogeneous(String prefix) {
    JsonNode wanted = prefix.isEmpty() ? expected : expected.get("homogeneous");
    Homogeneous h =
        Homogeneous.of(
            graph,
            wanted.at("/node_data/_N").has("x") ? List.of("x") : List.of(),
            wanted.at("/edge_data/_N:_E:_N").has("w") ? List.of("w") : List.of());
    put(prefix, h.graph(), h.nodeType(), h.edgeType());
    out.put(prefix + "node_data/_N/_ID", relata.tensor(h.nodeIds()));
    out.put(prefix + "edge_data/_N:_E:_N/_ID", relata.tensor(h.edgeIds()));
    return h;
  }

  private void put(String prefix, HeteroGraph g, int[] nodeType, int[] edgeType) {
    GraphResult.put(
        out,
        prefix,
        prefix.isEmpty() ? withoutIds(expected) : withoutIds(expected.get("homogeneous")),
        g);
    out.put(prefix + "node_data/_N/_TYPE", relata.tensor(nodeType));
    out.put(prefix + "edge_data/_N:_E:_N/_TYPE", relata.tensor(edgeType));
  }

  /** A homogeneous graph has its ids in its record, not as a part of another graph. */
  private static JsonNode withoutIds(JsonNode expected) {
    ObjectNode copy = expected.deepCopy();
    copy.withObject("/node_data/_N").remove("_ID");
    copy.withObject("/edge_data/_N:_E:_N").remove("_ID");
    return copy;
  }

  private void toHeterogeneous() {
    if (!golden.call().has("ntypes")) {
      GraphResult.put(out, "", expected, homogeneous("homogeneous/").toHeterogeneous());
      return;
    }
    JsonNode given = expected.get("homogeneous");
    HeteroGraph g = GoldenGraph.of(given.get("graph")).build(relata);
    int[] nodeType = Dense.of(given.at("/node_data/_N/_TYPE")).toInts();
    int[] edgeType = Dense.of(given.at("/edge_data/_N:_E:_N/_TYPE")).toInts();
    g.edges().set("w", trial.tensor(Dense.of(given.at("/edge_data/_N:_E:_N/w"))));
    put("homogeneous/", g, nodeType, edgeType);
    List<String> types = List.of(names(golden.call().get("ntypes")));
    List<String> relations = List.of(names(golden.call().get("etypes")));
    GraphResult.put(
        out, "", expected, Homogeneous.toHeterogeneous(g, types, nodeType, relations, edgeType));
  }

  private void toSimple() {
    String aggregator = golden.text("aggregator");
    boolean first = aggregator == null || aggregator.equals("arbitrary");
    Simplified s = first ? Simplified.of(graph) : Simplified.of(graph, Words.reducer(aggregator));
    boolean copies = golden.flag("copy_edata");
    if (copies) {
      GraphResult.put(out, "", expected, s.graph());
    } else {
      GraphResult.putWithoutEdgeFields(out, "", expected, s.graph());
    }
    String counts = golden.text("return_counts");
    boolean single = graph.isHomogeneous();
    for (EdgeType type : graph.edgeTypes()) {
      out.put(
          "edge_data/" + type + "/" + (counts == null ? "count" : counts),
          relata.tensor(s.counts().get(type)));
      if (golden.flag("writeback_mapping")) {
        out.put(single ? "mapping" : "mapping/" + type, relata.tensor(s.mapping().get(type)));
      }
    }
  }
}
