package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.pool.GlobalAttentionPooling;
import io.relata.nn.pool.ReducePooling;
import io.relata.nn.pool.Set2Set;
import io.relata.nn.pool.SortPooling;
import io.relata.nn.pool.WeightAndSum;
import io.relata.spi.Reducer;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Layers that make one row for each graph of a batch. */
final class PoolCalls {
  static final Set<String> LAYERS =
      Set.of(
          "SumPooling",
          "AvgPooling",
          "MaxPooling",
          "SortPooling",
          "GlobalAttentionPooling",
          "WeightAndSum",
          "Set2Set");

  private static final Pattern LINEAR = Pattern.compile("Linear\\((\\d+),(\\d+)\\)");

  private PoolCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    Segments graphs = ReadoutCalls.batch(t).nodes("_N");
    Tensor x = t.input("h");
    JsonNode call = t.golden().call();
    LayerContext context = new LayerContext(t.relata(), t.dtype());
    if (module.equals("GlobalAttentionPooling")) {
      return attention(t, context, graphs, x);
    }
    return Map.of(
        "out",
        switch (module) {
          case "SumPooling" -> new ReducePooling(Reducer.SUM).forward(graphs, x);
          case "AvgPooling" -> new ReducePooling(Reducer.MEAN).forward(graphs, x);
          case "MaxPooling" -> new ReducePooling(Reducer.MAX).forward(graphs, x);
          case "SortPooling" -> new SortPooling(call.get("k").asInt()).forward(graphs, x);
          case "WeightAndSum" ->
              t.loaded(new WeightAndSum(context, call.get("in_feats").asInt())).forward(graphs, x);
          case "Set2Set" -> set2Set(t, context).forward(graphs, x);
          default -> throw new UnsupportedCase("no layer '" + module + "'");
        });
  }

  private static Set2Set set2Set(Trial t, LayerContext context) {
    JsonNode call = t.golden().call();
    if (call.path("n_layers").asInt(1) != 1) {
      throw new UnsupportedCase("Set2Set has one layer");
    }
    return t.loaded(
        new Set2Set(context, call.get("input_dim").asInt(), call.get("n_iters").asInt()));
  }

  private static Map<String, Tensor> attention(
      Trial t, LayerContext context, Segments graphs, Tensor x) {
    String feature = t.golden().text("feat_nn");
    GlobalAttentionPooling pool =
        t.loaded(
            new GlobalAttentionPooling(
                linear(context, t.golden().text("gate_nn")),
                feature == null ? null : linear(context, feature)));
    GlobalAttentionPooling.Attended made = pool.attend(graphs, x);
    return t.golden().json().get("outputs").has("attention")
        ? Map.of("out", made.output(), "attention", made.attention())
        : Map.of("out", made.output());
  }

  private static Linear linear(LayerContext context, String words) {
    Matcher m = LINEAR.matcher(words);
    if (!m.matches()) {
      throw new UnsupportedCase("cannot read the layer '" + words + "'");
    }
    return new Linear(context, Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }
}
