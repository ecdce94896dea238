package io.relata.tck.golden;

import static io.relata.tck.golden.LayerCalls.context;
import static io.relata.tck.golden.LayerCalls.conv;
import static io.relata.tck.golden.LayerCalls.flag;
import static io.relata.tck.golden.LayerCalls.graph;
import static io.relata.tck.golden.LayerCalls.linear;
import static io.relata.tck.golden.LayerCalls.requireKnown;
import static io.relata.tck.golden.LayerCalls.size;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.nn.graph.CfConv;
import io.relata.nn.graph.EdgeConv;
import io.relata.nn.graph.EgnnConv;
import io.relata.nn.graph.GinConv;
import io.relata.nn.graph.GineConv;
import io.relata.nn.graph.GmmConv;
import io.relata.nn.graph.NnConv;
import io.relata.nn.graph.PnaConv;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Layers that differ in what travels along an edge. */
final class MessageCalls {
  private static final String OUT = "out";

  private MessageCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    return switch (module) {
      case "GINConv" -> Map.of(OUT, conv(t, ginConv(t)));
      case "GINEConv" -> Map.of(OUT, conv(t, gineConv(t), t.input("e")));
      case "EdgeConv" -> Map.of(OUT, conv(t, edgeConv(t)));
      case "NNConv" -> Map.of(OUT, conv(t, nnConv(t), t.input("e")));
      case "GMMConv" -> Map.of(OUT, conv(t, gmmConv(t), t.input("pseudo")));
      case "CFConv" -> Map.of(OUT, conv(t, cfConv(t), t.input("e")));
      case "PNAConv" -> Map.of(OUT, conv(t, pnaConv(t)));
      default -> egnnConv(t);
    };
  }

  private static double eps(Trial t) {
    return t.golden().call().path("init_eps").asDouble(0);
  }

  private static GinConv ginConv(Trial t) {
    requireKnown(t, "apply_func", "aggregator", "init_eps", "learn_eps", "edge_weight");
    return new GinConv(
        context(t),
        linear(t, "apply_func"),
        Words.reducer(t.golden().text("aggregator")),
        eps(t),
        flag(t, "learn_eps", false));
  }

  private static GineConv gineConv(Trial t) {
    requireKnown(t, "apply_func", "init_eps");
    return new GineConv(context(t), linear(t, "apply_func"), eps(t), false);
  }

  private static EdgeConv edgeConv(Trial t) {
    requireKnown(t, "in", "out", "allow_zero_in_degree", "batch_norm", "training");
    return new EdgeConv(
        context(t),
        size(t, "in"),
        size(t, "out"),
        flag(t, "allow_zero_in_degree", false),
        flag(t, "batch_norm", false));
  }

  private static NnConv nnConv(Trial t) {
    requireKnown(t, "in", "out", "aggregator", "edge_func", "residual");
    return NnConv.builder(context(t), size(t, "in"), size(t, "out"), linear(t, "edge_func"))
        .reducer(Words.reducer(t.golden().text("aggregator")))
        .residual(flag(t, "residual", false))
        .build();
  }

  private static GmmConv gmmConv(Trial t) {
    requireKnown(t, "in", "out", "dim", "n_kernels", "aggregator");
    return GmmConv.builder(
            context(t), size(t, "in"), size(t, "out"), size(t, "dim"), size(t, "n_kernels"))
        .reducer(Words.reducer(t.golden().text("aggregator")))
        .build();
  }

  private static CfConv cfConv(Trial t) {
    requireKnown(t, "node_in", "edge_in", "hidden", "out");
    return new CfConv(
        context(t), size(t, "node_in"), size(t, "edge_in"), size(t, "hidden"), size(t, "out"));
  }

  private static PnaConv pnaConv(Trial t) {
    requireKnown(t, "in", "out", "aggregators", "scalers", "delta", "residual");
    List<Reducer> aggregates = new ArrayList<>();
    for (JsonNode name : t.golden().call().get("aggregators")) {
      aggregates.add(Words.reducer(name.asText()));
    }
    List<PnaConv.Scaler> scalers = new ArrayList<>();
    for (JsonNode name : t.golden().call().get("scalers")) {
      scalers.add(PnaConv.Scaler.valueOf(name.asText().toUpperCase(Locale.ROOT)));
    }
    double delta = t.golden().call().get("delta").asDouble();
    return PnaConv.builder(context(t), size(t, "in"), size(t, "out"), delta)
        .aggregates(aggregates)
        .scalers(scalers)
        .residual(flag(t, "residual", true))
        .build();
  }

  private static Map<String, Tensor> egnnConv(Trial t) {
    requireKnown(t, "in", "hidden", "out", "edge");
    EgnnConv layer =
        new EgnnConv(context(t), size(t, "in"), size(t, "edge"), size(t, "hidden"), size(t, "out"));
    EgnnConv.Result r =
        t.loaded(layer).forward(graph(t), t.input("x"), t.input("coord"), t.input("e"));
    return Map.of(OUT, r.features(), "coord", r.coordinates());
  }
}
