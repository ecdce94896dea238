package io.relata.tck.golden;

import static io.relata.tck.golden.LayerCalls.context;
import static io.relata.tck.golden.LayerCalls.linear;
import static io.relata.tck.golden.LayerCalls.requireKnown;
import static io.relata.tck.golden.LayerCalls.size;

import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.nn.pool.GlobalAttentionPooling;
import io.relata.nn.pool.GraphPooling;
import io.relata.nn.pool.ReducePooling;
import io.relata.nn.pool.Set2Set;
import io.relata.nn.pool.SortPooling;
import io.relata.nn.pool.WeightAndSum;
import io.relata.spi.Reducer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Layers that make one row for each graph of a batch. */
final class PoolCalls {
  private static final String OUT = "out";

  private PoolCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    return switch (module) {
      case "SumPooling" -> pooled(t, new ReducePooling(Reducer.SUM));
      case "AvgPooling" -> pooled(t, new ReducePooling(Reducer.MEAN));
      case "MaxPooling" -> pooled(t, new ReducePooling(Reducer.MAX));
      case "SortPooling" -> pooled(t, new SortPooling(size(t, "k")), "k");
      case "WeightAndSum" ->
          pooled(t, new WeightAndSum(context(t), size(t, "in_feats")), "in_feats");
      case "Set2Set" -> set2Set(t);
      default -> attention(t);
    };
  }

  private static Map<String, Tensor> pooled(Trial t, GraphPooling layer, String... parameters) {
    requireKnown(t, parameters);
    return Map.of(OUT, t.loaded(layer).forward(graphs(t), t.input("h")));
  }

  private static Segments graphs(Trial t) {
    return ReadoutCalls.batch(t).nodes("_N");
  }

  private static Map<String, Tensor> set2Set(Trial t) {
    if (size(t, "n_layers") != 1) {
      throw new UnsupportedCase("Set2Set has one layer");
    }
    Set2Set layer = new Set2Set(context(t), size(t, "input_dim"), size(t, "n_iters"));
    return pooled(t, layer, "input_dim", "n_iters", "n_layers");
  }

  private static Map<String, Tensor> attention(Trial t) {
    requireKnown(t, "gate_nn", "feat_nn");
    GlobalAttentionPooling layer =
        new GlobalAttentionPooling(linear(t, "gate_nn"), linear(t, "feat_nn"));
    GlobalAttentionPooling.Result r = t.loaded(layer).attend(graphs(t), t.input("h"));
    Map<String, Tensor> out = new LinkedHashMap<>(Map.of(OUT, r.output()));
    if (t.golden().json().get("outputs").has("attention")) {
      out.put("attention", r.attention());
    }
    return out;
  }
}
