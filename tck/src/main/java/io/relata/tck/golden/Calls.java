package io.relata.tck.golden;

import io.relata.Tensor;
import java.util.Map;

/** Finds the program that makes a case's call on Relata. */
final class Calls {
  private Calls() {}

  static Map<String, Tensor> run(Trial t) {
    String module = t.golden().text("module");
    if (module != null) {
      return LayerCalls.run(t, module);
    }
    String api = t.golden().text("api");
    return switch (api) {
      case null -> throw new UnsupportedCase("the call names neither an api nor a module");
      case "update_all", "apply_edges", "send_and_recv", "push", "pull" -> FieldCalls.run(t, api);
      case "multi_update_all" -> MultiUpdateCalls.run(t);
      case "gspmm", "gsddmm" -> ProductCalls.run(t, api);
      case "segment_reduce", "segment_softmax", "segment_mm", "gather_mm" ->
          SegmentCalls.run(t, api);
      case "edge_softmax" -> SoftmaxCalls.run(t);
      case "readout_nodes",
          "readout_edges",
          "softmax_nodes",
          "softmax_edges",
          "broadcast_nodes",
          "broadcast_edges" ->
          ReadoutCalls.run(t, api);
      case "degrees",
          "edge_ids",
          "has_edges_between",
          "find_edges",
          "in_edges",
          "out_edges",
          "predecessors",
          "successors",
          "node_subgraph" ->
          GraphCalls.run(t, api);
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    };
  }
}
