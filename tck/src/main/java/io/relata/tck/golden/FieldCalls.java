package io.relata.tck.golden;

import io.relata.Tensor;
import io.relata.graph.EdgeFunction;
import io.relata.graph.NodeFunction;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.Map;

/** Message passing along one relation in field names. */
final class FieldCalls {
  private static final String OUT = "out";

  private FieldCalls() {}

  static Map<String, Tensor> run(Trial t, String api) {
    GoldenCase c = t.golden();
    GoldenGraph graph = c.graph();
    HeteroGraph g = graph.build(t.relata());
    RelationView r = g.relation(graph.only().type().toString());
    for (String name : t.inputs().keySet()) {
      switch (name) {
        case "u" -> r.src().set(name, t.input(name));
        case "v" -> r.dst().set(name, t.input(name));
        case "e" -> r.edges().set(name, t.input(name));
        case "old" -> {}
        default -> throw new UnsupportedCase("no place for the input '" + name + "'");
      }
    }
    String preset = c.text("output_field_preset_to");
    return api.equals("apply_edges") ? applyEdges(t, r, preset) : passMessages(t, api, r, preset);
  }

  private static EdgeFunction message(GoldenCase c) {
    String udf = c.text("message_udf");
    return udf == null
        ? Words.message(c.text("message"), "u", "v", "e")
        : Words.messageUdf(udf, "u", "v", "e");
  }

  private static Map<String, Tensor> applyEdges(Trial t, RelationView r, String preset) {
    GoldenCase c = t.golden();
    if (preset != null) {
      r.edges().set(Words.MESSAGE, t.input(preset));
    }
    if (c.call().has("edges")) {
      r.applyEdges(message(c), Dense.ints(c.call().get("edges")));
    } else {
      r.applyEdges(message(c));
    }
    return Map.of(OUT, r.edges().get(Words.MESSAGE));
  }

  private static Map<String, Tensor> passMessages(
      Trial t, String api, RelationView r, String preset) {
    GoldenCase c = t.golden();
    if (preset != null) {
      r.dst().set(OUT, t.input(preset));
    }
    String udf = c.text("reduce_udf");
    EdgeFunction message = message(c);
    NodeFunction reduce =
        udf == null ? Words.reduce(c.text("reduce"), OUT) : Words.reduceUdf(udf, "v", OUT);
    String apply = c.text("apply_udf");
    switch (api) {
      case "update_all" ->
          r.updateAll(message, reduce, apply == null ? null : Words.applyUdf(apply, "v", OUT));
      case "send_and_recv" -> r.sendAndRecv(Dense.ints(c.call().get("edges")), message, reduce);
      case "push" -> r.push(Dense.ints(c.call().get("nodes")), message, reduce);
      case "pull" -> r.pull(Dense.ints(c.call().get("nodes")), message, reduce);
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    }
    return Map.of(OUT, r.dst().get(OUT));
  }
}
