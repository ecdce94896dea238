package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Outputs of a case as tensors by path: {@code out} stays {@code out}; of a graph come its counts
 * as {@code graph/num_nodes/A} and its edges as {@code graph/A:r:B/src}; a list of numbers is a
 * tensor.
 */
final class Flattened {
  /** What the files repeat among the outputs though it was asked or remarked. */
  private static final Set<String> NOT_OUTPUTS =
      Set.of("query_src", "query_dst", "subset", "note", "ntype_order", "etype_order");

  /** What is told of a graph by node type, or by relation. */
  private static final List<String> COUNTS =
      List.of("num_nodes", "num_src_nodes", "num_dst_nodes", "batch_num_nodes", "batch_num_edges");

  private Flattened() {}

  static Map<String, Dense> of(JsonNode outputs) {
    Map<String, Dense> all = new LinkedHashMap<>();
    if (outputs != null) {
      outputs
          .properties()
          .forEach(
              e -> {
                if (!NOT_OUTPUTS.contains(e.getKey())) {
                  add(e.getKey(), e.getValue(), all);
                }
              });
    }
    return all;
  }

  private static void add(String path, JsonNode value, Map<String, Dense> all) {
    if (value.isObject() && value.has("dtype")) {
      all.put(path, Dense.of(value));
    } else if (value.isObject() && value.has("relations")) {
      addGraph(path, value, all);
    } else if (value.isObject()) {
      value.properties().forEach(e -> add(path + "/" + e.getKey(), e.getValue(), all));
    } else if (value.isBoolean()) {
      all.put(path, new Dense("bool", new long[0], new double[] {value.booleanValue() ? 1 : 0}));
    } else if (value.isNumber()) {
      all.put(path, new Dense("f64", new long[0], new double[] {value.doubleValue()}));
    } else if (value.isArray() && (value.isEmpty() || value.get(0).isNumber())) {
      all.put(path, numbers(value));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        add(path + "/" + i, value.get(i), all);
      }
    } else {
      throw new UnsupportedCase("cannot read the output '" + path + "'");
    }
  }

  private static void addGraph(String path, JsonNode graph, Map<String, Dense> all) {
    for (String counts : COUNTS) {
      if (graph.has(counts)) {
        graph
            .get(counts)
            .properties()
            .forEach(e -> add(path + "/" + counts + "/" + e.getKey(), e.getValue(), all));
      }
    }
    for (JsonNode r : graph.get("relations")) {
      String type = path + "/" + GoldenGraph.edgeType(r.get("etype"));
      all.put(type + "/src", numbers(r.get("src")));
      all.put(type + "/dst", numbers(r.get("dst")));
    }
  }

  private static Dense numbers(JsonNode list) {
    double[] data = new double[list.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = list.get(i).doubleValue();
    }
    return new Dense("i64", new long[] {data.length}, data);
  }
}
