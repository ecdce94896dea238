package io.relata.tck.golden;

import static io.relata.tck.golden.LayerCalls.activation;
import static io.relata.tck.golden.LayerCalls.bipartite;
import static io.relata.tck.golden.LayerCalls.context;
import static io.relata.tck.golden.LayerCalls.conv;
import static io.relata.tck.golden.LayerCalls.destination;
import static io.relata.tck.golden.LayerCalls.flag;
import static io.relata.tck.golden.LayerCalls.graph;
import static io.relata.tck.golden.LayerCalls.in;
import static io.relata.tck.golden.LayerCalls.inDst;
import static io.relata.tck.golden.LayerCalls.requireKnown;
import static io.relata.tck.golden.LayerCalls.size;
import static io.relata.tck.golden.LayerCalls.source;

import io.relata.Tensor;
import io.relata.nn.graph.AgnnConv;
import io.relata.nn.graph.Attended;
import io.relata.nn.graph.AttentionConv;
import io.relata.nn.graph.DotGatConv;
import io.relata.nn.graph.EdgeGatConv;
import io.relata.nn.graph.EgatConv;
import io.relata.nn.graph.GatConv;
import io.relata.nn.graph.Gatv2Conv;
import java.util.LinkedHashMap;
import java.util.Map;

/** Layers that weigh messages by a softmax. */
final class AttentionCalls {
  private static final String OUT = "out";

  private AttentionCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    return switch (module) {
      case "GATConv" -> attended(t, gatConv(t));
      case "GATv2Conv" -> attended(t, gatv2Conv(t));
      case "DotGatConv" -> attended(t, dotGatConv(t));
      case "EdgeGATConv" -> Map.of(OUT, conv(t, edgeGatConv(t), t.input("e")));
      case "EGATConv" -> egatConv(t);
      default -> Map.of(OUT, conv(t, agnnConv(t)));
    };
  }

  private static Map<String, Tensor> attended(Trial t, AttentionConv layer) {
    String weight = t.golden().text("edge_weight");
    Tensor edge = weight == null ? null : t.input(weight);
    AttentionConv conv = t.loaded(layer);
    // Without the weights the layer may take a way that never has them.
    Tensor y = conv.forward(graph(t), source(t), destination(t), edge);
    Map<String, Tensor> out = new LinkedHashMap<>(Map.of(OUT, y));
    if (t.golden().json().get("outputs").has("attention")) {
      Attended a = conv.attend(graph(t), source(t), destination(t), edge);
      out.put("attention", a.attention());
    }
    return out;
  }

  private static GatConv gatConv(Trial t) {
    requireKnown(
        t,
        "in",
        "out",
        "heads",
        "residual",
        "activation",
        "bias",
        "negative_slope",
        "allow_zero_in_degree",
        "edge_weight");
    GatConv.Builder b = GatConv.builder(context(t), in(t), size(t, "out"), size(t, "heads"));
    if (bipartite(t)) {
      b.inDst(inDst(t));
    }
    return b.bias(flag(t, "bias", true))
        .residual(flag(t, "residual", false))
        .negativeSlope(t.golden().call().path("negative_slope").asDouble(0.2))
        .allowZeroInDegree(flag(t, "allow_zero_in_degree", false))
        .activation(activation(t))
        .build();
  }

  private static Gatv2Conv gatv2Conv(Trial t) {
    requireKnown(
        t, "in", "out", "heads", "residual", "bias", "share_weights", "allow_zero_in_degree");
    return Gatv2Conv.builder(context(t), in(t), size(t, "out"), size(t, "heads"))
        .inDst(inDst(t))
        .bias(flag(t, "bias", true))
        .residual(flag(t, "residual", false))
        .shareWeights(flag(t, "share_weights", false))
        .allowZeroInDegree(flag(t, "allow_zero_in_degree", false))
        .build();
  }

  private static DotGatConv dotGatConv(Trial t) {
    requireKnown(t, "in", "out", "heads");
    return DotGatConv.builder(context(t), in(t), size(t, "out"), size(t, "heads")).build();
  }

  private static EdgeGatConv edgeGatConv(Trial t) {
    requireKnown(t, "in", "edge", "out", "heads");
    return EdgeGatConv.builder(context(t), in(t), size(t, "edge"), size(t, "out"), size(t, "heads"))
        .build();
  }

  private static Map<String, Tensor> egatConv(Trial t) {
    requireKnown(t, "in_node", "in_edge", "out_node", "out_edge", "heads");
    EgatConv layer =
        new EgatConv(
            context(t),
            size(t, "in_node"),
            size(t, "in_edge"),
            size(t, "out_node"),
            size(t, "out_edge"),
            size(t, "heads"));
    EgatConv.Result r = t.loaded(layer).attend(graph(t), source(t), destination(t), t.input("e"));
    return Map.of(OUT, r.nodes(), "out_edge", r.edges());
  }

  private static AgnnConv agnnConv(Trial t) {
    requireKnown(t, "init_beta", "learn_beta");
    double beta = t.golden().call().get("init_beta").asDouble();
    return new AgnnConv(context(t), beta, flag(t, "learn_beta", true), false);
  }
}
