package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.EdgeList;
import io.relata.hetero.EdgeOrder;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import io.relata.hetero.transform.Blocks;
import io.relata.hetero.transform.EdgeSampling;
import io.relata.hetero.transform.Fanout;
import io.relata.hetero.transform.Structure;
import io.relata.hetero.transform.Traversals;
import io.relata.hetero.transform.Walks;
import io.relata.hetero.transform.WeightedSums;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What follows from the structure of a graph: orders, distances, walks, sampled edges. */
final class StructureCalls {
  private final Trial trial;
  private final Relata relata;
  private final GoldenCase golden;
  private final HeteroGraph graph;
  private final Map<String, Tensor> out = new LinkedHashMap<>();

  private StructureCalls(Trial t) {
    trial = t;
    relata = t.relata();
    golden = t.golden();
    graph = golden.graph().build(relata);
    MultiUpdateCalls.setFields(t, graph);
  }

  static Map<String, Tensor> run(Trial t, String api) {
    StructureCalls calls = new StructureCalls(t);
    JsonNode call = t.golden().call();
    HeteroGraph g = calls.graph;
    boolean back = t.golden().flag("reverse");
    switch (api) {
      case "khop_adj" -> calls.put(Walks.counts(g, call.get("k").asInt()));
      case "laplacian_lambda_max" ->
          calls.put(calls.relata.tensor(new double[] {Structure.largestLaplacianEigenvalue(g)}));
      case "shortest_dist" -> calls.distances(call);
      case "norm_by_dst" -> calls.put(Structure.inverseInDegrees(g.relation(), t.dtype()));
      case "random_walk_pe" -> calls.put(Structure.returnProbabilities(g, call.get("k").asInt()));
      case "topological_nodes_generator" -> calls.put(Traversals.topological(g, back));
      case "bfs_nodes_generator" ->
          calls.put(Traversals.breadthFirstNodes(g, back, Dense.ints(call.get("source"))));
      case "bfs_edges_generator" ->
          calls.put(Traversals.breadthFirstEdges(g, back, Dense.ints(call.get("source"))));
      case "dfs_edges_generator" ->
          calls.put(Traversals.depthFirstEdges(g, back, call.get("source").asInt()));
      case "adj_product_graph", "adj_sum_graph" -> calls.weighted(api.equals("adj_sum_graph"));
      case "sample_neighbors", "select_topk" -> calls.sampled(api);
      case "MultiLayerFullNeighborSampler" -> calls.blocks();
      default -> throw new UnsupportedCase("no program for the call '" + api + "'");
    }
    return calls.out;
  }

  private void put(Tensor result) {
    out.put("out", result);
  }

  private void put(List<int[]> frontiers) {
    for (int i = 0; i < frontiers.size(); i++) {
      out.put("out/" + i, relata.tensor(frontiers.get(i)));
    }
  }

  private void distances(JsonNode call) {
    if (call.has("root")) {
      put(relata.tensor(Structure.distances(graph, call.get("root").asInt())));
    } else {
      int[][] all = Structure.distances(graph);
      put(
          relata.tensor(
              Arrays.stream(all).flatMapToInt(IntStream::of).toArray(), all.length, all.length));
    }
  }

  private void weighted(boolean sum) {
    HeteroGraph second = GoldenGraph.of(golden.call().get("second")).build(relata);
    JsonNode given = golden.call().get("second_w");
    double[] w = new double[given.size()];
    Arrays.setAll(w, i -> given.get(i).doubleValue());
    second.edges().set("w", relata.tensor(w).to(trial.dtype()));
    RelationView a = graph.relation();
    RelationView b = second.relation();
    HeteroGraph made = sum ? WeightedSums.sum(a, b, "w") : WeightedSums.product(a, b, "w");
    out.put("src", relata.tensor(made.relation().adjacency().src()));
    out.put("dst", relata.tensor(made.relation().adjacency().dst()));
    out.put("w", made.edges().get("w"));
  }

  private void sampled(String api) {
    JsonNode call = golden.call();
    Map<String, int[]> seeds =
        call.has("nodes") ? Map.of(HeteroGraph.NODE, Dense.ints(call.get("nodes"))) : Map.of();
    HeteroGraph made;
    if (api.equals("select_topk")) {
      Fanout k = Fanout.perRelation(call.get("k").asInt());
      boolean largest = !golden.flag("ascending");
      made = EdgeSampling.heaviest(graph, seeds, k, call.get("weight").asText(), largest);
    } else {
      int count = call.get("fanout").asInt();
      Fanout fanout = count < 0 ? Fanout.ALL : Fanout.perRelation(count);
      made =
          "out".equals(golden.text("edge_dir"))
              ? EdgeSampling.out(graph, seeds, fanout)
              : EdgeSampling.in(graph, seeds, fanout);
    }
    EdgeList edges = made.relation().allEdges(EdgeOrder.ID);
    out.put("src", relata.tensor(edges.src()));
    out.put("dst", relata.tensor(edges.dst()));
    out.put("eid", made.parentEdges(HeteroGraph.EDGE));
  }

  private void blocks() {
    Map<String, int[]> seeds = Map.of(HeteroGraph.NODE, Dense.ints(golden.call().get("seeds")));
    List<Blocks.Layer> layers =
        Blocks.fullNeighbours(graph, seeds, golden.call().get("layers").asInt());
    HeteroGraph first = layers.getFirst().block();
    HeteroGraph last = layers.getLast().block();
    out.put("input_nodes_sorted", sorted(first.parentSrcNodes(HeteroGraph.NODE)));
    out.put("output_nodes", last.parentDstNodes(HeteroGraph.NODE));
    for (int i = 0; i < layers.size(); i++) {
      HeteroGraph block = layers.get(i).block();
      HeteroGraph frontier = layers.get(i).frontier();
      int[] ids = frontier.parentEdges(HeteroGraph.EDGE).toIntArray();
      Arrays.sort(ids);
      EdgeList edges = graph.relation().findEdges(ids);
      String path = "blocks/" + i + "/";
      out.put(path + "src_orig", relata.tensor(edges.src()));
      out.put(path + "dst_orig", relata.tensor(edges.dst()));
      out.put(path + "eid_orig", relata.tensor(ids));
      out.put(path + "src_nodes_sorted", sorted(block.parentSrcNodes(HeteroGraph.NODE)));
      out.put(path + "dst_nodes_sorted", sorted(block.parentDstNodes(HeteroGraph.NODE)));
    }
  }

  private Tensor sorted(Tensor ids) {
    return relata.tensor(IntStream.of(ids.toIntArray()).sorted().toArray());
  }
}
