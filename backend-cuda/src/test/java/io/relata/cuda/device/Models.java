package io.relata.cuda.device;

import io.relata.DType;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.LayerContext;
import io.relata.nn.SparseFeatures;
import io.relata.nn.graph.GatConv;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.RelGraphConv;
import io.relata.nn.graph.TypedAdjacency;
import io.relata.nn.loss.Losses;
import io.relata.nn.optim.Adam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Small networks, each trained a step at a time on all nodes. */
final class Models {
  /** Classes that are told apart. */
  static final int CLASSES = 16;

  private Models() {}

  /** A network and its optimiser. */
  static final class Training {
    private final Relata relata;
    private final Supplier<Tensor> network;
    private final Tensor labels;
    private final Adam adam;

    private Training(
        Relata relata, Supplier<Tensor> network, Tensor labels, Collection<Tensor> parameters) {
      this.relata = relata;
      this.network = network;
      this.labels = labels;
      this.adam = new Adam(parameters, 0.01);
    }

    /** Forward, loss, backward, Adam; the loss is read only where asked. */
    double step(boolean read) {
      try (Scope _ = relata.scope()) {
        adam.zeroGrad();
        Tensor loss = Losses.crossEntropy(network.get(), labels);
        loss.backward();
        adam.step();
        return read ? loss.item() : Double.NaN;
      }
    }

    /** What the network gives now, for comparison. */
    float[] outputs() {
      try (Scope _ = relata.scope();
          NoGrad _ = new NoGrad()) {
        return network.get().toFloatArray();
      }
    }
  }

  private static Tensor labels(Relata relata, int nodes) {
    SplittableRandom random = new SplittableRandom(5);
    long[] of = new long[nodes];
    for (int i = 0; i < nodes; i++) {
      of[i] = random.nextInt(CLASSES);
    }
    return relata.tensor(of);
  }

  /** Two GAT layers: 8 heads of 16, then one of the classes. */
  static Training gat(Relata relata, Adjacency g, int width) {
    LayerContext c = LayerContext.of(relata);
    GatConv first = GatConv.builder(c, width, 16, 8).build();
    GatConv second = GatConv.builder(c, 128, CLASSES, 1).build();
    Tensor x = relata.randn(g.numSrc(), width);
    return new Training(
        relata,
        () -> {
          Tensor h = first.forward(g, x).elu(1);
          return second.forward(g, h.flatten(1)).flatten(1);
        },
        labels(relata, g.numSrc()),
        both(first.parameters(), second.parameters()));
  }

  /** Two RGCN layers with a matrix for every relation, 64 wide. */
  static Training rgcn(Relata relata, Adjacency g, int[] relations, int count, int width) {
    LayerContext c = LayerContext.of(relata);
    TypedAdjacency typed = TypedAdjacency.of(g, relations, count);
    RelGraphConv first = RelGraphConv.builder(c, width, 64, count).build();
    RelGraphConv second = RelGraphConv.builder(c, 64, CLASSES, count).build();
    Tensor x = relata.randn(g.numSrc(), width);
    return new Training(
        relata,
        () -> second.forward(typed, first.forward(typed, x).relu()),
        labels(relata, g.numSrc()),
        both(first.parameters(), second.parameters()));
  }

  /** Two GCN layers, 16 wide. */
  static Training gcn(Relata relata, Adjacency g, int width) {
    LayerContext c = LayerContext.of(relata);
    GraphConv first = new GraphConv(c, width, 16);
    GraphConv second = new GraphConv(c, 16, CLASSES);
    Tensor x = relata.randn(g.numSrc(), width);
    return gcn(relata, g, first, second, () -> first.forward(g, x));
  }

  /** The same with features of which one in 79 is not 0, as Cora's, in compressed rows. */
  static Training sparseGcn(Relata relata, Adjacency g, int width) {
    LayerContext c = LayerContext.of(relata);
    GraphConv first = new GraphConv(c, width, 16);
    GraphConv second = new GraphConv(c, 16, CLASSES);
    float[] dense = new float[g.numSrc() * width];
    for (int i = 0; i < dense.length; i += 79) {
      dense[i] = 1;
    }
    SparseFeatures x = SparseFeatures.of(relata.tensor(dense, g.numSrc(), width));
    return gcn(relata, g, first, second, () -> first.forward(g, x));
  }

  private static Training gcn(
      Relata relata, Adjacency g, GraphConv first, GraphConv second, Supplier<Tensor> input) {
    return new Training(
        relata,
        () -> second.forward(g, input.get().relu()),
        labels(relata, g.numSrc()),
        both(first.parameters(), second.parameters()));
  }

  private static List<Tensor> both(Collection<Tensor> a, Collection<Tensor> b) {
    List<Tensor> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  /** The graph with an edge from every node to itself, as layers want it that refuse lone nodes. */
  static Adjacency withLoops(Relata relata, RandomGraph g) {
    int n = g.src().length;
    int[] src = Arrays.copyOf(g.src(), n + g.nodes());
    int[] dst = Arrays.copyOf(g.dst(), n + g.nodes());
    for (int v = 0; v < g.nodes(); v++) {
      src[n + v] = v;
      dst[n + v] = v;
    }
    return Adjacency.of(relata, g.name(), g.nodes(), g.nodes(), src, dst);
  }

  /** A field per edge. */
  static Tensor weights(Relata relata, Adjacency g) {
    return relata.uniform(0, 1, DType.FLOAT32, g.numEdges(), 1);
  }
}
