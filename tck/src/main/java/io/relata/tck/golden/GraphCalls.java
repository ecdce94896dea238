package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.EdgeList;
import io.relata.hetero.EdgeOrder;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Questions about the structure of a graph. */
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
    RelationView r = calls.graph.isHomogeneous() ? calls.relation() : null;
    switch (api) {
      case "degrees" -> calls.degrees();
      case "edge_ids" -> calls.edgeIds();
      case "has_edges_between" ->
          calls.out.put(
              "out",
              t.relata().tensor(r.hasEdges(calls.asked("query_src"), calls.asked("query_dst"))));
      case "find_edges" -> calls.put(r.findEdges(Dense.ints(calls.parameter("eid"))), false);
      case "in_edges" -> calls.put(r.findEdges(r.inEdges(calls.nodes())), true);
      case "out_edges" -> calls.put(r.findEdges(r.outEdges(calls.nodes())), true);
      case "edges" ->
          calls.put(
              r.allEdges(
                  "srcdst".equals(t.golden().text("order"))
                      ? EdgeOrder.SOURCE_DESTINATION
                      : EdgeOrder.ID),
              true);
      case "adj_tensors" -> calls.put("csr".equals(t.golden().text("fmt")) ? r.csr() : r.csc());
      case "is_multigraph" -> {
        calls.out.put("is_multigraph", t.relata().scalar(r.isMultigraph() ? 1 : 0, DType.INT32));
        calls.out.put(
            "is_homogeneous", t.relata().scalar(calls.graph.isHomogeneous() ? 1 : 0, DType.INT32));
      }
      case "predecessors" -> calls.put("out", r.predecessors(calls.parameter("node").asInt()));
      case "successors" -> calls.put("out", r.successors(calls.parameter("node").asInt()));
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

  private int[] nodes() {
    return Dense.ints(parameter("nodes"));
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
      put("in_subset", relation().inDegreesOf(asked("subset")));
    }
  }

  private void edgeIds() {
    int[] src = asked("query_src");
    int[] dst = asked("query_dst");
    if (golden.flag("return_uv")) {
      put(relation().edgesBetween(src, dst), true);
    } else {
      put("eid", relation().edgeIds(src, dst));
    }
  }

  private void put(EdgeList edges, boolean withIds) {
    put("src", edges.src());
    put("dst", edges.dst());
    if (withIds) {
      put("eid", edges.ids());
    }
  }

  private void put(CompressedRows rows) {
    put("indptr", rows.offsets());
    put("indices", rows.columns());
    put("eid", rows.edges());
  }
}
