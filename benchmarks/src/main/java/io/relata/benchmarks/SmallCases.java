package io.relata.benchmarks;

import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.sum;
import static io.relata.graph.Functions.with;

import io.relata.DType;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.data.DataSetException;
import io.relata.data.Progress;
import io.relata.data.cora.Cora;
import io.relata.data.source.DataFolders;
import io.relata.graph.Adjacency;
import io.relata.graph.Update;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Activation;
import io.relata.nn.LayerContext;
import io.relata.nn.graph.Aggregator;
import io.relata.nn.graph.RelGraphConv;
import io.relata.nn.graph.SageConv;
import io.relata.nn.graph.TypedAdjacency;
import io.relata.nn.loss.Losses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Cases where overhead decides: Cora, requests about small graphs, and many relations. */
final class SmallCases {
  private static final int EGO_NODES = 200;
  private static final int EGO_EDGES = 1_000;
  private static final int EGO_RELATIONS = 8;
  private static final int EGO_DIM = 64;

  private final Bench bench;
  private final Relata relata;
  private final LayerContext context;

  SmallCases(Bench bench) {
    this.bench = bench;
    relata = bench.relata();
    relata.seed(1);
    context = LayerContext.of(relata);
  }

  // ---- Cora ----

  /** The tutorial's training step with SageConv, 16 hidden. Skipped where Cora is not there. */
  void cora() {
    Cora cora;
    DataFolders folders = DataFolders.ofProcess();
    if (folders.named().isEmpty() && folders.besideCheckout().isEmpty()) {
      bench.say("Left out: cora_sage_epoch needs -Drelata.data=DIR or ../shared/data");
      return;
    }
    try {
      cora = Cora.read(folders, Progress.NONE);
    } catch (DataSetException e) {
      bench.say("Left out: cora_sage_epoch: %s", e.getMessage());
      return;
    }
    Edges edges = new Edges("cora", cora.numNodes(), cora.src(), cora.dst()).sortedByDestination();
    int words = cora.features().columns();
    int fields = Cora.CLASS_NAMES.size();
    Adjacency g =
        Adjacency.of(relata, "cora", edges.nodes(), edges.nodes(), edges.src(), edges.dst());
    Tensor x = relata.tensor(cora.normalizedFeatures(), cora.numNodes(), words);
    Tensor labels = relata.tensor(cora.labels()).to(DType.INT64);
    Tensor train = relata.tensor(cora.trainNodes());
    SageConv first =
        SageConv.builder(context, words, 16)
            .aggregator(Aggregator.MEAN)
            .activation(Activation.relu())
            .build();
    SageConv second = new SageConv(context, 16, fields, Aggregator.MEAN);
    Epoch epoch =
        new Epoch(
            relata,
            List.of(first, second),
            () -> Losses.crossEntropy(second.forward(g, first.forward(g, x)), labels, train));
    List<Way> ways = new ArrayList<>(List.of(epoch.way()));
    if (bench.torch() != null) {
      ways.addAll(
          TorchModels.sage(
              bench.torch(), g, x, cora.labels(), cora.trainNodes(), epoch.parameters()));
    }
    GraphFloor floor = new GraphFloor(bench.floor(), g);
    // Only the words that a paper has need be multiplied; forward and for the gradient.
    double products = 4 * floor.product(cora.features().nonZeros(), 1, 16);
    double moved = 2 * floor.reduced(g.in(), 16) + 2 * floor.reduced(g.in(), fields);
    bench.contest("cora_sage_epoch", edges, 16, products + moved, ways);
  }

  // ---- requests ----

  /**
   * A two-layer RGCN without bases on a graph of 200 nodes that arrives as lists: from the lists to
   * the scores on the heap. Figures are percentiles.
   */
  void ego() {
    RelGraphConv first =
        RelGraphConv.builder(context, EGO_DIM, EGO_DIM, EGO_RELATIONS)
            .activation(Activation.relu())
            .build();
    RelGraphConv second =
        RelGraphConv.builder(context, EGO_DIM, EpochCases.CLASSES, EGO_RELATIONS).build();
    SplittableRandom random = new SplittableRandom(1);
    int[] src = random.ints(EGO_EDGES, 0, EGO_NODES).toArray();
    int[] dst = random.ints(EGO_EDGES, 0, EGO_NODES).toArray();
    int[] types = random.ints(EGO_EDGES, 0, EGO_RELATIONS).toArray();
    float[] features = new float[EGO_NODES * EGO_DIM];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble();
    }
    Edges edges = new Edges("ego", EGO_NODES, src, dst);
    int requests = smoke() ? 2 : bench.full() ? 20_000 : 4_000;
    double[] ms = new double[requests];
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < requests; i++) {
        long start = System.nanoTime();
        try (Scope _ = relata.scope();
            NoGrad _ = new NoGrad()) {
          Adjacency g = Adjacency.of(relata, "ego", EGO_NODES, EGO_NODES, src, dst);
          TypedAdjacency typed = TypedAdjacency.of(g, types, EGO_RELATIONS);
          Tensor x = relata.tensor(features, EGO_NODES, EGO_DIM);
          second.forward(typed, first.forward(typed, x)).toFloatArray();
        }
        ms[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    percentiles("ego_rgcn_latency", edges, ms);
    Adjacency g = Adjacency.of(relata, "ego", EGO_NODES, EGO_NODES, src, dst);
    TypedAdjacency typed = TypedAdjacency.of(g, types, EGO_RELATIONS);
    Tensor x = relata.tensor(features, EGO_NODES, EGO_DIM);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < requests; i++) {
        long start = System.nanoTime();
        try (Scope _ = relata.scope();
            NoGrad _ = new NoGrad()) {
          second.forward(typed, first.forward(typed, x)).toFloatArray();
        }
        ms[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    percentiles("ego_rgcn_known_graph", edges, ms);
  }

  private void percentiles(String name, Edges edges, double[] ms) {
    double[] sorted = ms.clone();
    Arrays.sort(sorted);
    double p50 = sorted[sorted.length / 2];
    double p99 = sorted[(int) (sorted.length * 0.99)];
    bench.add(name + "_p50", edges, EGO_DIM, Tool.RELATA, p50, sorted[0], Double.NaN);
    bench.add(name + "_p99", edges, EGO_DIM, Tool.RELATA, p99, sorted[0], Double.NaN);
    bench.say("%s, ms: p50 %.3f, p99 %.3f", name, p50, p99);
  }

  // ---- relations ----

  /** The same edges as one relation and split over more, summed into one field. */
  void relations(Edges edges, int dim) {
    Tensor x = relata.rand(edges.nodes(), dim).requiresGrad(true);
    Tensor gradient = relata.rand(edges.nodes(), dim);
    for (int relations : new int[] {1, 5, 50, 500}) {
      Map<String, Update> updates = new LinkedHashMap<>();
      HeteroGraph g = graph(edges.split(relations), updates);
      g.nodes().set("h", x);
      Adjacency whole = relations == 1 ? g.adjacency(g.edgeTypes().getFirst()) : null;
      double floorMs = Double.NaN;
      if (whole != null && bench.floor() != null) {
        floorMs = new GraphFloor(bench.floor(), whole).reduced(whole.in(), dim);
        wholeFloor = floorMs;
      } else if (bench.floor() != null) {
        floorMs = wholeFloor;
      }
      String name = "multi_update_all_r" + relations;
      bench.contest(
          name,
          edges,
          dim,
          floorMs,
          List.of(
              bench.inference(
                  () -> {
                    g.multiUpdateAll(updates, CrossReducer.SUM);
                    return g.nodes().get("o");
                  })));
      bench.contest(
          name + "_backward",
          edges,
          dim,
          2 * floorMs,
          List.of(
              new Way(
                  Tool.RELATA,
                  "relata",
                  look -> {
                    try (Scope _ = relata.scope()) {
                      x.zeroGrad();
                      g.multiUpdateAll(updates, CrossReducer.SUM);
                      g.nodes().get("o").backward(gradient);
                      return look ? Bench.first(x.grad()) : null;
                    }
                  })));
      x.zeroGrad();
    }
  }

  private double wholeFloor;

  /** What one more relation of a handful of edges costs, from 50 and 500 of them. */
  void smallRelations() {
    int nodes = 100;
    int each = 20;
    int dim = 32;
    double[] median = new double[2];
    for (int i = 0; i < 2; i++) {
      int relations = i == 0 ? 50 : 500;
      Rmat rmat = Rmat.of(nodes, each * relations, 1);
      Edges edges = new Edges("small-relations", nodes, rmat.src(), rmat.dst());
      Map<String, Update> updates = new LinkedHashMap<>();
      HeteroGraph g = graph(edges.split(relations), updates);
      g.nodes().set("h", relata.rand(nodes, dim));
      String name = "multi_update_all_small_r" + relations;
      bench.contest(
          name,
          edges,
          dim,
          Double.NaN,
          List.of(
              bench.inference(
                  () -> {
                    g.multiUpdateAll(updates, CrossReducer.SUM);
                    return g.nodes().get("o");
                  })));
      median[i] = bench.figures().getLast().medianMs();
    }
    bench.say(
        "One more relation of %d edges costs %.1f us (goal: under 10)",
        each, 1000 * (median[1] - median[0]) / 450);
  }

  private HeteroGraph graph(Edges[] parts, Map<String, Update> updates) {
    GraphBuilder builder = HeteroGraph.builder(relata).nodes("node", parts[0].nodes());
    for (int r = 0; r < parts.length; r++) {
      builder.relation("node", "r" + r, "node", parts[r].src(), parts[r].dst());
      updates.put("r" + r, with(copyU("h", "m"), sum("m", "o")));
    }
    return builder.build();
  }

  private boolean smoke() {
    return bench.options().mode() == Options.Mode.SMOKE;
  }
}
