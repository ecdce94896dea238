package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.graph.EdgeFunction;
import io.relata.graph.NodeFunction;
import io.relata.graph.Update;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.HeteroGraph;
import java.util.LinkedHashMap;
import java.util.Map;

/** Message passing along several relations. */
final class MultiUpdateCalls {
  private static final String OUT = "out";

  private MultiUpdateCalls() {}

  static Map<String, Tensor> run(Trial t) {
    GoldenCase c = t.golden();
    HeteroGraph g = c.graph().build(t.relata());
    setFields(t, g);
    String node = c.text("node_field");
    String edge = c.text("edge_field");
    Map<String, Update> updates = new LinkedHashMap<>();
    for (JsonNode r : c.call().get("relations")) {
      updates.put(
          GoldenGraph.edgeType(r.get("etype")).toString(),
          new Update(message(r, node, edge), reduce(r, node), null));
    }
    g.multiUpdateAll(updates, cross(c.text("cross_reducer")));
    Map<String, Tensor> out = new LinkedHashMap<>();
    for (String type : g.nodeTypes()) {
      if (g.nodes(type).has(OUT)) {
        out.put("node:" + type, g.nodes(type).get(OUT));
      }
    }
    return out;
  }

  /** Sets inputs such as {@code node:A:h} and {@code edge:A:r:B:w} as fields. */
  static void setFields(Trial t, HeteroGraph g) {
    t.inputs()
        .forEach(
            (name, x) -> {
              int first = name.indexOf(':');
              int last = name.lastIndexOf(':');
              String owner = name.substring(first + 1, last);
              String field = name.substring(last + 1);
              if (name.startsWith("node:")) {
                g.nodes(owner).set(field, x);
              } else {
                g.edges(owner).set(field, x);
              }
            });
  }

  private static EdgeFunction message(JsonNode r, String node, String edge) {
    return r.has("message_udf")
        ? Words.messageUdf(r.get("message_udf").asText(), node, node, edge)
        : Words.message(r.get("message").asText(), node, node, edge);
  }

  private static NodeFunction reduce(JsonNode r, String node) {
    return r.has("reduce_udf")
        ? Words.reduceUdf(r.get("reduce_udf").asText(), node, OUT)
        : Words.reduce(r.get("reduce").asText(), OUT);
  }

  static CrossReducer cross(String name) {
    return switch (name) {
      case "sum" -> CrossReducer.SUM;
      case "mean" -> CrossReducer.MEAN;
      case "max" -> CrossReducer.MAX;
      case "min" -> CrossReducer.MIN;
      case "stack" -> CrossReducer.STACK;
      default -> throw new UnsupportedCase("no cross reducer '" + name + "'");
    };
  }
}
