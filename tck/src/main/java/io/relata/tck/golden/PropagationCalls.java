package io.relata.tck.golden;

import static io.relata.tck.golden.LayerCalls.activation;
import static io.relata.tck.golden.LayerCalls.context;
import static io.relata.tck.golden.LayerCalls.conv;
import static io.relata.tck.golden.LayerCalls.flag;
import static io.relata.tck.golden.LayerCalls.graph;
import static io.relata.tck.golden.LayerCalls.requireKnown;
import static io.relata.tck.golden.LayerCalls.size;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.nn.graph.AppnpConv;
import io.relata.nn.graph.ChebConv;
import io.relata.nn.graph.EdgeWeightNorm;
import io.relata.nn.graph.Gcn2Conv;
import io.relata.nn.graph.Norm;
import io.relata.nn.graph.SgConv;
import io.relata.nn.graph.TagConv;
import java.util.Locale;
import java.util.Map;

/** Layers that repeat a normalised adjacency. */
final class PropagationCalls {
  private PropagationCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    return Map.of(
        "out",
        switch (module) {
          case "APPNPConv" -> appnpConv(t);
          case "SGConv" -> sgConv(t);
          case "TAGConv" -> tagConv(t);
          case "ChebConv" -> chebConv(t);
          case "GCN2Conv" -> gcn2Conv(t);
          default -> edgeWeightNorm(t);
        });
  }

  private static double number(Trial t, String parameter) {
    return t.golden().call().get(parameter).asDouble();
  }

  private static Tensor appnpConv(Trial t) {
    requireKnown(t, "k", "alpha", "edge_weight");
    return conv(t, new AppnpConv(size(t, "k"), number(t, "alpha")));
  }

  private static Tensor sgConv(Trial t) {
    requireKnown(t, "in", "out", "k", "bias", "allow_zero_in_degree");
    return conv(
        t,
        new SgConv(
            context(t),
            size(t, "in"),
            size(t, "out"),
            size(t, "k"),
            flag(t, "bias", true),
            flag(t, "allow_zero_in_degree", false)));
  }

  private static Tensor tagConv(Trial t) {
    requireKnown(t, "in", "out", "k", "edge_weight", "activation");
    return conv(
        t,
        new TagConv(context(t), size(t, "in"), size(t, "out"), size(t, "k"), true, activation(t)));
  }

  private static Tensor chebConv(Trial t) {
    requireKnown(t, "in", "out", "k", "lambda_max", "activation");
    ChebConv layer =
        new ChebConv(context(t), size(t, "in"), size(t, "out"), size(t, "k"), true, activation(t));
    JsonNode lambda = t.golden().call().get("lambda_max");
    if (lambda.isNull()) {
      return conv(t, layer);
    }
    if (lambda.size() != 1) {
      throw new UnsupportedCase("one graph has one lambda_max");
    }
    return t.loaded(layer).forward(graph(t), t.input("x"), lambda.get(0).asDouble());
  }

  private static Tensor gcn2Conv(Trial t) {
    requireKnown(t, "in", "layer", "alpha", "lambda", "project_initial_features", "bias");
    Gcn2Conv layer =
        Gcn2Conv.builder(context(t), size(t, "in"), size(t, "layer"))
            .alpha(number(t, "alpha"))
            .lambda(number(t, "lambda"))
            .sharedWeight(flag(t, "project_initial_features", true))
            .bias(flag(t, "bias", true))
            .build();
    return t.loaded(layer).forward(graph(t), t.input("x"), t.input("x0"), null);
  }

  private static Tensor edgeWeightNorm(Trial t) {
    requireKnown(t, "norm");
    Norm norm = Norm.valueOf(t.golden().text("norm").toUpperCase(Locale.ROOT));
    return EdgeWeightNorm.of(graph(t), norm, t.input("w"));
  }
}
