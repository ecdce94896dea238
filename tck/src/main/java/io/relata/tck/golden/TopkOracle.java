package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The largest or smallest rows of each graph of a batch, in plain loops. */
final class TopkOracle {
  private TopkOracle() {}

  static Expectation expectation(GoldenCase c) {
    JsonNode graph = c.json().get("graph");
    boolean nodes = "topk_nodes".equals(c.text("api"));
    int[] lengths =
        Dense.ints(
            graph
                .get(nodes ? "batch_num_nodes" : "batch_num_edges")
                .get(nodes ? "_N" : "_N:_E:_N"));
    Dense h = c.inputs().get("h");
    int width = h.width();
    int k = c.call().get("k").asInt();
    String column = c.text("sortby");
    int perRow = column == null ? width : 1;
    double[] values = new double[lengths.length * k * width];
    double[] indices = new double[lengths.length * k * perRow];
    Arrays.fill(indices, -1);
    double[] gradient = new double[h.data().length];
    Dense cotangent = c.cotangents().get("values");
    int start = 0;
    for (int g = 0; g < lengths.length; g++) {
      for (int j = 0; j < width; j++) {
        int by = column == null ? j : Integer.parseInt(column);
        boolean[] used = new boolean[lengths[g]];
        for (int i = 0; i < Math.min(k, lengths[g]); i++) {
          int best = best(h, start, used, by, c.flag("descending"));
          used[best] = true;
          int at = (g * k + i) * width + j;
          values[at] = h.data()[(start + best) * width + j];
          indices[(g * k + i) * perRow + (perRow == 1 ? 0 : j)] = best;
          gradient[(start + best) * width + j] += cotangent == null ? 0 : cotangent.data()[at];
        }
      }
      start += lengths[g];
    }
    Map<String, Dense> outputs = new LinkedHashMap<>();
    outputs.put("values", new Dense("f64", new long[] {lengths.length, k, width}, values));
    long[] shape =
        column == null ? new long[] {lengths.length, k, width} : new long[] {lengths.length, k};
    outputs.put("indices", new Dense("i64", shape, indices));
    return new Expectation(outputs, Map.of("h", h.with(gradient)), Map.of());
  }

  private static int best(Dense h, int start, boolean[] used, int column, boolean largest) {
    int best = -1;
    for (int i = 0; i < used.length; i++) {
      if (!used[i]) {
        double x = h.data()[(start + i) * h.width() + column];
        double y = best < 0 ? 0 : h.data()[(start + best) * h.width() + column];
        if (best < 0 || (largest ? x > y : x < y)) {
          best = i;
        }
      }
    }
    return best;
  }
}
