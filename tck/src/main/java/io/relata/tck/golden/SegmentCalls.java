package io.relata.tck.golden;

import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import java.util.Map;

/** Runs of rows: reductions, softmax, products. */
final class SegmentCalls {
  private SegmentCalls() {}

  static Map<String, Tensor> run(Trial t, String api) {
    return Map.of(
        "out",
        switch (api) {
          case "segment_reduce" ->
              SegmentOps.segmentReduce(
                  segments(t), Words.reducer(t.golden().text("reducer")), t.input("value"));
          case "segment_softmax" -> SegmentOps.segmentSoftmax(segments(t), t.input("value"));
          case "segment_mm" -> SegmentOps.segmentMatmul(segments(t), t.input("a"), t.input("b"));
          case "gather_mm" ->
              SegmentOps.gatherMatmul(
                  t.input("a"), t.input("b"), t.relata().tensor(t.ints("idx_b")));
          default -> throw new UnsupportedCase("no program for the call '" + api + "'");
        });
  }

  private static Segments segments(Trial t) {
    return Segments.of(t.relata(), t.ints("seglen"));
  }
}
