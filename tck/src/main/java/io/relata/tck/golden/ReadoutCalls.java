package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.batch.GraphBatch;
import io.relata.hetero.batch.Readout;
import io.relata.hetero.batch.TopRows;
import io.relata.hetero.transform.Union;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Batches of graphs, and what is computed for each graph of one. */
final class ReadoutCalls {
  private ReadoutCalls() {}

  static Map<String, Tensor> run(Trial t, String api) {
    return switch (api) {
      case "batch" -> batched(t);
      case "merge" -> merged(t);
      default -> readOut(t, api);
    };
  }

  private static Map<String, Tensor> readOut(Trial t, String api) {
    GraphBatch batch = batch(t);
    Readout r = api.endsWith("_nodes") ? Readout.nodes(batch) : Readout.edges(batch);
    return switch (api) {
      case "readout_nodes", "readout_edges" -> Map.of("out", reduced(t, r));
      case "softmax_nodes", "softmax_edges" -> Map.of("out", r.softmax(t.input("h")));
      case "broadcast_nodes", "broadcast_edges" -> Map.of("out", r.broadcast(t.input("gf")));
      case "topk_nodes", "topk_edges" -> {
        int k = t.golden().call().get("k").asInt();
        boolean largest = t.golden().flag("descending");
        String column = t.golden().text("sortby");
        Tensor h = t.input("h");
        TopRows top =
            column == null
                ? r.topk(h, k, largest)
                : r.topk(h, k, largest, Integer.parseInt(column));
        yield Map.of("values", top.values(), "indices", top.indices());
      }
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    };
  }

  private static Tensor reduced(Trial t, Readout r) {
    String weight = t.golden().text("weight");
    return weight == null
        ? r.reduce(Words.reducer(t.golden().text("op")), t.input("h"))
        : r.reduce(Words.reducer(t.golden().text("op")), t.input("h"), t.input(weight));
  }

  /** The case's graph as the batch that the file says it is. */
  static GraphBatch batch(Trial t) {
    JsonNode graph = t.golden().json().get("graph");
    return GraphBatch.of(
        t.golden().graph().build(t.relata()),
        counts(graph.get("batch_num_nodes")),
        counts(graph.get("batch_num_edges")));
  }

  private static Map<String, int[]> counts(JsonNode byType) {
    Map<String, int[]> all = new LinkedHashMap<>();
    byType.properties().forEach(e -> all.put(e.getKey(), Dense.ints(e.getValue())));
    return all;
  }

  // ---- batches ----

  private static Map<String, Tensor> batched(Trial t) {
    Map<String, Tensor> out = new LinkedHashMap<>();
    JsonNode expected = t.golden().json().get("outputs");
    HeteroGraph first = t.golden().graph().build(t.relata());
    MultiUpdateCalls.setFields(t, first);
    if (!t.golden().call().has("others")) {
      GraphResult.put(out, "", expected, GraphBatch.of(List.of(first, first)));
      return out;
    }
    List<HeteroGraph> members = new ArrayList<>(List.of(first));
    for (JsonNode other : t.golden().call().get("others")) {
      HeteroGraph g = GoldenGraph.plain(t.relata(), other);
      // The generator numbers the fields of every graph from the same start.
      g.nodes().set("x", first.nodes().get("x").slice(0, 0, g.numNodes()));
      g.edges().set("w", first.edges().get("w").slice(0, 0, g.numEdges()));
      members.add(g);
    }
    GraphBatch batch = GraphBatch.of(members);
    GraphResult.put(out, "batched/", expected.get("batched"), batch);
    List<HeteroGraph> parts = batch.unbatch();
    for (int i = 0; i < parts.size(); i++) {
      GraphResult.put(out, "unbatched/" + i + "/", expected.get("unbatched").get(i), parts.get(i));
    }
    GraphResult.put(out, "slice_1/", expected.get("slice_1"), batch.get(1));
    return out;
  }

  private static Map<String, Tensor> merged(Trial t) {
    Map<String, Tensor> out = new LinkedHashMap<>();
    Relata relata = t.relata();
    HeteroGraph first = t.golden().graph().build(relata);
    HeteroGraph second = GoldenGraph.plain(relata, t.golden().call().get("other"));
    GraphResult.put(out, "", t.golden().json().get("outputs"), Union.of(List.of(first, second)));
    return out;
  }
}
