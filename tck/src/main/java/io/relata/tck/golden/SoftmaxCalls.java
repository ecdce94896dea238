package io.relata.tck.golden;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.EdgeSoftmax;
import io.relata.graph.NormBy;
import io.relata.hetero.HeteroGraph;
import java.util.LinkedHashMap;
import java.util.Map;

/** Edge softmax on one relation, some edges, or several relations together. */
final class SoftmaxCalls {
  private static final String EDGE = "edge:";

  private SoftmaxCalls() {}

  static Map<String, Tensor> run(Trial t) {
    GoldenCase c = t.golden();
    NormBy by = normBy(c);
    if (c.flag("across_relations")) {
      HeteroGraph g = c.graph().build(t.relata());
      Map<String, Tensor> logits = new LinkedHashMap<>();
      t.inputs().forEach((name, x) -> logits.put(name.substring(EDGE.length()), x));
      Map<String, Tensor> out = new LinkedHashMap<>();
      g.edgeSoftmax(logits, by).forEach((type, y) -> out.put(EDGE + type, y));
      return out;
    }
    Adjacency g = c.graph().adjacency(t.relata());
    Tensor logits = t.input("logits");
    return Map.of(
        "out",
        c.call().has("eids")
            ? EdgeSoftmax.ofEdges(g, by, Dense.ints(c.call().get("eids")), logits)
            : EdgeSoftmax.of(g, by, logits));
  }

  static NormBy normBy(GoldenCase c) {
    return c.text("norm_by").equals("src") ? NormBy.SOURCE : NormBy.DESTINATION;
  }
}
