package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Questions about the structure of a graph, and parts of it. */
final class GraphCalls {
  private final Relata relata;
  private final GoldenCase golden;
  private final HeteroGraph graph;
  private final Map<String, Tensor> out = new LinkedHashMap<>();

  private GraphCalls(Trial t) {
    relata = t.relata();
    golden = t.golden();
    graph = golden.graph().build(relata);
    MultiUpdateCalls.setFields(t, graph);
  }

  static Map<String, Tensor> run(Trial t, String api) {
    GraphCalls calls = new GraphCalls(t);
    switch (api) {
      case "degrees" -> calls.degrees();
      case "edge_ids" -> calls.edgeIds();
      case "has_edges_between" -> calls.hasEdges();
      case "find_edges" -> calls.edges(Dense.ints(calls.parameter("eid")), false);
      case "in_edges" -> calls.edges(calls.around(v -> calls.relation().inEdges(v)), true);
      case "out_edges" -> calls.edges(calls.around(v -> calls.relation().outEdges(v)), true);
      case "predecessors" ->
          calls.put("out", calls.relation().predecessors(calls.parameter("node").asInt()));
      case "successors" ->
          calls.put("out", calls.relation().successors(calls.parameter("node").asInt()));
      case "node_subgraph" -> calls.nodeSubgraph();
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    }
    return calls.out;
  }

  private JsonNode parameter(String name) {
    return golden.call().get(name);
  }

  private RelationView relation() {
    return graph.relation();
  }

  private void put(String name, int[] numbers) {
    out.put(name, relata.tensor(numbers));
  }

  private int[] asked(String name) {
    return Dense.ints(golden.json().get("outputs").get(name));
  }

  private void degrees() {
    List<EdgeType> types = graph.edgeTypes();
    for (EdgeType type : types) {
      RelationView r = graph.relation(type.toString());
      String end = types.size() == 1 ? "" : "/" + type;
      out.put("in" + end, r.inDegrees());
      out.put("out" + end, r.outDegrees());
    }
    if (golden.json().get("outputs").has("subset")) {
      out.put("in_subset", relation().inDegrees().indexSelect(0, relata.tensor(asked("subset"))));
    }
  }

  private void edgeIds() {
    int[] src = asked("query_src");
    int[] dst = asked("query_dst");
    boolean all = golden.flag("return_uv");
    IntStream.Builder ids = IntStream.builder();
    for (int i = 0; i < src.length; i++) {
      int[] found = relation().edgeIds(src[i], dst[i]);
      for (int j = 0; j < (all ? found.length : 1); j++) {
        ids.add(found[j]);
      }
    }
    int[] found = ids.build().toArray();
    if (all) {
      edges(found, true);
    } else {
      put("eid", found);
    }
  }

  private void hasEdges() {
    int[] src = asked("query_src");
    int[] dst = asked("query_dst");
    boolean[] has = new boolean[src.length];
    for (int i = 0; i < has.length; i++) {
      has[i] = relation().hasEdge(src[i], dst[i]);
    }
    out.put("out", relata.tensor(has));
  }

  private int[] around(IntFunction<int[]> edges) {
    return IntStream.of(Dense.ints(parameter("nodes")))
        .mapToObj(edges)
        .flatMapToInt(IntStream::of)
        .toArray();
  }

  private void edges(int[] ids, boolean withIds) {
    put("src", IntStream.of(ids).map(relation().adjacency()::src).toArray());
    put("dst", IntStream.of(ids).map(relation().adjacency()::dst).toArray());
    if (withIds) {
      put("eid", ids);
    }
  }

  // ---- parts ----

  private void nodeSubgraph() {
    if (!golden.call().path("relabel_nodes").asBoolean(true)) {
      throw new UnsupportedCase("a subgraph always numbers its nodes anew");
    }
    JsonNode nodes = parameter("nodes");
    Map<String, int[]> wanted = new LinkedHashMap<>();
    if (nodes.isObject()) {
      nodes.properties().forEach(e -> wanted.put(e.getKey(), ids(e.getValue())));
    } else {
      wanted.put(HeteroGraph.NODE, ids(nodes));
    }
    HeteroGraph sub = graph.subgraph(wanted);
    for (String type : sub.nodeTypes()) {
      out.put("graph/num_nodes/" + type, relata.scalar(sub.numNodes(type), DType.INT32));
      for (String field : sub.nodes(type).fields()) {
        out.put("node_data/" + type + "/" + field, sub.nodes(type).get(field));
      }
      out.put("node_data/" + type + "/_ID", sub.parentNodes(type));
    }
    for (EdgeType type : sub.edgeTypes()) {
      put("graph/" + type + "/src", sub.adjacency(type).src());
      put("graph/" + type + "/dst", sub.adjacency(type).dst());
      for (String field : sub.edges(type.toString()).fields()) {
        out.put("edge_data/" + type + "/" + field, sub.edges(type.toString()).get(field));
      }
      out.put("edge_data/" + type + "/_ID", sub.parentEdges(type.toString()));
    }
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
}
