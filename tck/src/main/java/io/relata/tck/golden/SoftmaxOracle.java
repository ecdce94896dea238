package io.relata.tck.golden;

import java.util.LinkedHashMap;
import java.util.Map;

/** Softmax over the edges of several relations, in plain loops. */
final class SoftmaxOracle {
  private SoftmaxOracle() {}

  static Map<String, Dense> outputs(GoldenCase c, boolean bySource) {
    Map<String, Dense> logits = c.inputs();
    Map<String, double[]> sums = new LinkedHashMap<>();
    Map<String, Dense> out = new LinkedHashMap<>();
    // The logits of the golden files are small: exp without shift is exact enough.
    logits.forEach((name, x) -> add(c, name, x, bySource, sums));
    logits.forEach(
        (name, x) -> {
          GoldenGraph.Edges r = relation(c, name);
          double[] sum = sums.get(end(r, bySource));
          int w = x.width();
          double[] y = new double[x.data().length];
          for (int i = 0; i < y.length; i++) {
            int node = (bySource ? r.src() : r.dst())[i / w];
            y[i] = Math.exp(x.data()[i]) / sum[node * w + i % w];
          }
          out.put(name, x.with(y));
        });
    return out;
  }

  private static void add(
      GoldenCase c, String name, Dense x, boolean bySource, Map<String, double[]> sums) {
    GoldenGraph.Edges r = relation(c, name);
    String type = end(r, bySource);
    int w = x.width();
    double[] sum = sums.computeIfAbsent(type, t -> new double[c.graph().counts().get(t) * w]);
    for (int i = 0; i < x.data().length; i++) {
      int node = (bySource ? r.src() : r.dst())[i / w];
      sum[node * w + i % w] += Math.exp(x.data()[i]);
    }
  }

  private static String end(GoldenGraph.Edges r, boolean bySource) {
    return bySource ? r.type().source() : r.type().destination();
  }

  private static GoldenGraph.Edges relation(GoldenCase c, String name) {
    return c.graph().relations().stream()
        .filter(r -> name.equals("edge:" + r.type()))
        .findFirst()
        .orElseThrow(() -> new UnsupportedCase("no relation for the input '" + name + "'"));
  }
}
