package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import java.util.Map;

/** Readouts of a batch: its nodes, or edges, are one segment for each graph. */
final class ReadoutCalls {
  private ReadoutCalls() {}

  static Map<String, Tensor> run(Trial t, String api) {
    Segments s = segments(t, api.endsWith("_nodes"));
    return Map.of(
        "out",
        switch (api) {
          case "readout_nodes", "readout_edges" -> readout(t, s);
          case "softmax_nodes", "softmax_edges" -> SegmentOps.segmentSoftmax(s, t.input("h"));
          case "broadcast_nodes", "broadcast_edges" ->
              SegmentOps.segmentBroadcast(s, t.input("gf"));
          default -> throw new UnsupportedCase("no program for the call '" + api + "'");
        });
  }

  private static Tensor readout(Trial t, Segments s) {
    String weight = t.golden().text("weight");
    Tensor x = t.input("h");
    // DGL's weighted mean divides by the number of rows, not by the sum of the weights.
    Tensor rows = weight == null ? x : x.mul(t.input(weight));
    return SegmentOps.segmentReduce(s, Words.reducer(t.golden().text("op")), rows);
  }

  /** The nodes, or edges, of each graph. */
  static Segments segments(Trial t, boolean nodes) {
    JsonNode counts =
        t.golden().json().get("graph").get(nodes ? "batch_num_nodes" : "batch_num_edges");
    return Segments.of(t.relata(), Dense.ints(counts.get(nodes ? "_N" : "_N:_E:_N")));
  }
}
