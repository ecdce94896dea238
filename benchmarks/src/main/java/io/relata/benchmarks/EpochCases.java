package io.relata.benchmarks;

import io.relata.DType;
import io.relata.MemoryStats;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Activation;
import io.relata.nn.LayerContext;
import io.relata.nn.graph.Aggregator;
import io.relata.nn.graph.GatConv;
import io.relata.nn.graph.RelGraphConv;
import io.relata.nn.graph.SageConv;
import io.relata.nn.graph.TypedAdjacency;
import io.relata.nn.loss.Losses;
import io.relata.spi.RowIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Training epochs of two layers, inputs and hidden rows of one width, 16 classes, every node
 * labelled. The floor is what must move and be multiplied: rows of edges once each way in each
 * layer that needs it, products with their gradients; nothing for activations, loss and Adam.
 */
final class EpochCases {
  static final int CLASSES = 16;
  static final int RELATIONS = 8;
  static final int BASES = 4;
  static final int HEADS = 4;

  private static final double MEMORY_GOAL = 1.3;

  private final Bench bench;
  private final Edges edges;
  private final int dim;
  private final Relata relata;
  private final Adjacency g;
  private final Tensor x;
  private final Tensor labels;
  private final int[] classes;
  private final LayerContext context;
  private final GraphFloor floor;

  EpochCases(Bench bench, Edges edges, int dim) {
    this.bench = bench;
    this.edges = edges;
    this.dim = dim;
    relata = bench.relata();
    relata.seed(1);
    g = Adjacency.of(relata, edges.name(), edges.nodes(), edges.nodes(), edges.src(), edges.dst());
    x = relata.rand(edges.nodes(), dim);
    classes = IntStream.range(0, edges.nodes()).map(v -> v % CLASSES).toArray();
    labels = relata.tensor(classes).to(DType.INT64);
    context = LayerContext.of(relata);
    floor = new GraphFloor(bench.floor(), g);
  }

  void runAll() {
    sage();
    gat();
    rgcn(0);
    rgcn(BASES);
  }

  /** GraphSAGE with the mean of neighbours. */
  void sage() {
    SageConv first =
        SageConv.builder(context, dim, dim)
            .aggregator(Aggregator.MEAN)
            .activation(Activation.relu())
            .build();
    SageConv second = new SageConv(context, dim, CLASSES, Aggregator.MEAN);
    Epoch epoch =
        new Epoch(
            relata,
            List.of(first, second),
            () -> Losses.crossEntropy(second.forward(g, first.forward(g, x)), labels));
    List<Way> ways = new ArrayList<>(List.of(epoch.way()));
    int[] all = IntStream.range(0, edges.nodes()).toArray();
    if (bench.torch() != null) {
      ways.addAll(TorchModels.sage(bench.torch(), g, x, classes, all, epoch.parameters()));
    }
    double n = edges.nodes();
    double products = 4 * floor.product(n, dim, dim) + 6 * floor.product(n, dim, CLASSES);
    double moved =
        floor.reduced(g.in(), dim)
            + floor.reduced(g.in(), CLASSES)
            + floor.reduced(g.out(), CLASSES);
    bench.contest("sage_epoch", edges, dim, products + moved, ways);
  }

  /** Graph attention: 4 heads of a quarter of the width each, then one. */
  void gat() {
    GatConv first =
        GatConv.builder(context, dim, dim / HEADS, HEADS)
            .allowZeroInDegree(true)
            .activation(Activation.elu(1))
            .build();
    GatConv second = GatConv.builder(context, dim, CLASSES, 1).allowZeroInDegree(true).build();
    Epoch epoch =
        new Epoch(
            relata,
            List.of(first, second),
            () -> {
              Tensor h = first.forward(g, x).reshape(edges.nodes(), dim);
              Tensor scores = second.forward(g, h).reshape(edges.nodes(), CLASSES);
              return Losses.crossEntropy(scores, labels);
            });
    List<Way> ways = new ArrayList<>(List.of(epoch.way()));
    if (bench.torch() != null && (bench.full() || (long) edges.size() * dim <= 150_000_000)) {
      ways.add(TorchModels.gat(bench.torch(), g, x, classes, dim, epoch.parameters()));
    }
    DglLoops loops = bench.loops(g, edges);
    if (loops != null) {
      ways.add(loops.gatEpoch(dim, HEADS, CLASSES));
    }
    double n = edges.nodes();
    double products = 2 * floor.product(n, dim, dim) + 3 * floor.product(n, dim, CLASSES);
    double moved = attention(dim) + attention(CLASSES);
    bench.contest("gat_epoch", edges, dim, products + moved, ways);
    peak("gat_epoch", epoch, 2L * dim + 2L * CLASSES);
  }

  /** Rows forward; backward rows for the weights' gradients, and gradients to the sources. */
  private double attention(int width) {
    RowIndex in = g.in();
    return floor.reduced(in, width) + floor.rows(in, width) + floor.reduced(g.out(), width);
  }

  /** RGCN over 8 relations, edges sorted by type; 0 bases gives every relation its matrix. */
  void rgcn(int bases) {
    Edges[] parts = edges.split(RELATIONS);
    int[] src = join(parts, true);
    int[] dst = join(parts, false);
    int[] types = new int[edges.size()];
    for (int r = 0, at = 0; r < RELATIONS; at += parts[r++].size()) {
      Arrays.fill(types, at, at + parts[r].size(), r);
    }
    Adjacency all = Adjacency.of(relata, edges.name(), edges.nodes(), edges.nodes(), src, dst);
    TypedAdjacency typed = TypedAdjacency.of(all, types, RELATIONS);
    RelGraphConv first =
        RelGraphConv.builder(context, dim, dim, RELATIONS)
            .bases(bases)
            .activation(Activation.relu())
            .build();
    RelGraphConv second =
        RelGraphConv.builder(context, dim, CLASSES, RELATIONS).bases(bases).build();
    Epoch epoch =
        new Epoch(
            relata,
            List.of(first, second),
            () -> Losses.crossEntropy(second.forward(typed, first.forward(typed, x)), labels));
    List<Way> ways = new ArrayList<>(List.of(epoch.way()));
    if (bench.torch() != null) {
      ways.addAll(
          TorchModels.rgcn(bench.torch(), parts, x, classes, bases, dim, epoch.parameters()));
    }
    String name = bases == 0 ? "rgcn_epoch" : "rgcn_basis_epoch";
    bench.contest(name, edges, dim, rgcnFloor(parts, bases), ways);
    peak(name, epoch, dim + CLASSES);
  }

  private double rgcnFloor(Edges[] parts, int bases) {
    double loops =
        2 * floor.product(edges.nodes(), dim, dim) + 3 * floor.product(edges.nodes(), dim, CLASSES);
    double moved =
        floor.reduced(g.in(), dim)
            + floor.reduced(g.in(), CLASSES)
            + floor.reduced(g.out(), CLASSES);
    double sources = Arrays.stream(parts).mapToLong(p -> Edges.distinct(p.src())).sum();
    double destinations = Arrays.stream(parts).mapToLong(p -> Edges.distinct(p.dst())).sum();
    double rows = Math.min(sources, destinations);
    if (bases > 0) {
      rows = Math.min(rows, (double) bases * edges.nodes());
    }
    // First layer: forward and the gradient of W. Second: forward, and the gradients of W and x.
    return loops
        + moved
        + 2 * floor.product(rows, dim, dim)
        + 3 * floor.product(rows, dim, CLASSES);
  }

  private static int[] join(Edges[] parts, boolean sources) {
    return Arrays.stream(parts)
        .flatMapToInt(p -> Arrays.stream(sources ? p.src() : p.dst()))
        .toArray();
  }

  /**
   * Says how much memory an epoch takes at most beside what a tool takes that makes nothing of size
   * edges times features: parameters, their gradients, and activations of {@code width} numbers a
   * node with their gradients. Inputs, graph and Adam's state are held before and left out.
   */
  private void peak(String name, Epoch epoch, long width) {
    // What earlier cases left behind counts as held until the collector has been there.
    System.gc();
    epoch.run(false);
    relata.resetPeakMemory();
    MemoryStats before = relata.memory();
    epoch.run(false);
    double parameters = 4.0 * epoch.parameterCount();
    // Gradients of the step before are among what is held.
    double taken = relata.memory().peak() - before.live() + 2 * parameters;
    double bound = 2 * parameters + 8.0 * width * edges.nodes();
    bench.say(
        "%s, %s, D = %d, memory: parameters, activations and gradients are %.0f MB, at the peak"
            + " %.0f MB are taken (%.2f x, at most 1.30: %s); held beside that %.0f MB; E x D would"
            + " be %.0f MB",
        name,
        edges.name(),
        dim,
        bound / 1e6,
        taken / 1e6,
        taken / bound,
        taken <= MEMORY_GOAL * bound ? "met" : "NOT MET",
        (before.live() - 2 * parameters) / 1e6,
        4.0 * edges.size() * dim / 1e6);
  }
}
