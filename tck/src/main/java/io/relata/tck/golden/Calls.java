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
          "broadcast_edges",
          "topk_nodes",
          "topk_edges",
          "batch",
          "merge" ->
          ReadoutCalls.run(t, api);
      case "degrees",
          "edge_ids",
          "has_edges_between",
          "find_edges",
          "in_edges",
          "out_edges",
          "predecessors",
          "successors",
          "edges",
          "adj_tensors",
          "is_multigraph" ->
          GraphCalls.run(t, api);
      case "node_subgraph",
          "edge_subgraph",
          "in_subgraph",
          "out_subgraph",
          "khop_in_subgraph",
          "khop_out_subgraph",
          "node_type_subgraph",
          "edge_type_subgraph",
          "compact_graphs",
          "to_block",
          "add_nodes",
          "add_edges",
          "remove_nodes",
          "remove_edges" ->
          SubgraphCalls.run(t, api);
      case "reverse",
          "add_self_loop",
          "remove_self_loop",
          "to_homogeneous",
          "to_heterogeneous",
          "to_bidirected",
          "add_reverse_edges",
          "to_simple",
          "line_graph",
          "metapath_reachable_graph",
          "khop_graph",
          "knn_graph",
          "radius_graph" ->
          TransformCalls.run(t, api);
      case "khop_adj",
          "laplacian_lambda_max",
          "shortest_dist",
          "norm_by_dst",
          "random_walk_pe",
          "topological_nodes_generator",
          "bfs_nodes_generator",
          "bfs_edges_generator",
          "dfs_edges_generator",
          "adj_product_graph",
          "adj_sum_graph",
          "sample_neighbors",
          "select_topk",
          "MultiLayerFullNeighborSampler" ->
          StructureCalls.run(t, api);
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    };
  }
}
