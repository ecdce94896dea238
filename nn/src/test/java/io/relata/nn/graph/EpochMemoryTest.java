package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Activation;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.loss.Losses;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a full-batch step of two layers takes at most beside its inputs, in multiples of parameters,
 * activations of both layers, and their gradients; from the pool's counters.
 */
class EpochMemoryTest {
  private static final int NODES = 6_000;
  private static final int EDGES = 18_000;
  private static final int WIDTH = 64;
  private static final int CLASSES = 16;
  private static final int RELATIONS = 4;

  private static Relata relata;
  private static Adjacency g;
  private static Tensor x;
  private static Tensor labels;
  private static LayerContext context;
  private static int[] types;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    context = LayerContext.of(relata);
    Random random = new Random(1);
    int[] src = random.ints(EDGES, 0, NODES).toArray();
    int[] dst = random.ints(EDGES, 0, NODES).toArray();
    types = random.ints(EDGES, 0, RELATIONS).toArray();
    g = Adjacency.of(relata, "test", NODES, NODES, src, dst);
    x = relata.rand(NODES, WIDTH);
    labels = relata.tensor(random.ints(NODES, 0, CLASSES).toArray()).to(DType.INT64);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static double taken(List<Layer> layers, long width, Supplier<Tensor> scores) {
    List<Tensor> parameters = layers.stream().flatMap(l -> l.parameters().stream()).toList();
    long before = 0;
    for (int step = 0; step < 2; step++) {
      // The first step makes what is kept with the graph, and gradients.
      relata.resetPeakMemory();
      before = relata.memory().live();
      try (Scope _ = relata.scope()) {
        Tensor loss = Losses.crossEntropy(scores.get(), labels);
        parameters.forEach(Tensor::zeroGrad);
        loss.backward();
      }
    }
    double bytes = 8.0 * parameters.stream().mapToLong(Tensor::size).sum();
    return (relata.memory().peak() - before + bytes) / (bytes + 8.0 * width * NODES);
  }

  @Test
  void graph_sage() {
    SageConv first = SageConv.builder(context, WIDTH, WIDTH).activation(Activation.relu()).build();
    SageConv second = new SageConv(context, WIDTH, CLASSES, Aggregator.MEAN);
    // One of the arrays is the mean of neighbours, which the gradient of its weight needs.
    assertThat(
            taken(
                List.of(first, second),
                2 * WIDTH + CLASSES,
                () -> second.forward(g, first.forward(g, x))))
        .isLessThan(1.3);
  }

  @Test
  void rgcn_with_and_without_bases() {
    TypedAdjacency typed = TypedAdjacency.of(g, types, RELATIONS);
    for (int bases : new int[] {0, 2}) {
      RelGraphConv first =
          RelGraphConv.builder(context, WIDTH, WIDTH, RELATIONS)
              .bases(bases)
              .activation(Activation.relu())
              .build();
      RelGraphConv second =
          RelGraphConv.builder(context, WIDTH, CLASSES, RELATIONS).bases(bases).build();
      assertThat(
              taken(
                  List.of(first, second),
                  WIDTH + CLASSES,
                  () -> second.forward(typed, first.forward(typed, x))))
          .isLessThan(1.4);
    }
  }

  @Test
  void gat() {
    GatConv first =
        GatConv.builder(context, WIDTH, WIDTH / 4, 4)
            .allowZeroInDegree(true)
            .activation(Activation.elu(1))
            .build();
    GatConv second = GatConv.builder(context, WIDTH, CLASSES, 1).allowZeroInDegree(true).build();
    assertThat(
            taken(
                List.of(first, second),
                2 * WIDTH + 2 * CLASSES,
                () ->
                    second
                        .forward(g, first.forward(g, x).reshape(NODES, WIDTH))
                        .reshape(NODES, CLASSES)))
        .isLessThan(1.3);
  }
}
