package io.relata.nn.graph;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.GradientCheck;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients of graph layers are slopes: in both features, edge weights and all parameters. */
class GraphLayerGradientTest {
  private static final int SRC = 9;
  private static final int DST = 7;
  private static final int EDGES = 25;
  private static Relata relata;
  private static LayerContext context;
  private static Adjacency g;
  private static int[] types;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    relata.seed(3);
    context = new LayerContext(relata, DType.FLOAT64);
    Random random = new Random(1);
    int[] src = random.ints(EDGES, 0, SRC).toArray();
    int[] dst = random.ints(EDGES, 1, DST).toArray();
    g = Adjacency.of(relata, "test", SRC, DST, src, dst);
    types = random.ints(EDGES, 0, 4).map(t -> t == 2 ? 1 : t).toArray();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static Tensor normal(long... shape) {
    return relata.normal(0, 1, DType.FLOAT64, shape);
  }

  private static void check(Layer layer, Map<String, Tensor> inputs, Supplier<Tensor> forward) {
    Map<String, Tensor> leaves = new LinkedHashMap<>(layer.namedParameters());
    leaves.putAll(inputs);
    GradientCheck.check(
        leaves,
        () -> {
          relata.seed(5);
          return forward.get();
        });
  }

  private static void check(ConvLayer layer, int inSrc, int inDst) {
    Tensor src = normal(SRC, inSrc);
    Tensor dst = normal(DST, inDst);
    Tensor w = normal(EDGES);
    check(layer, Map.of("src", src, "dst", dst, "w", w), () -> layer.forward(g, src, dst, w));
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void graph_conv(Norm norm) {
    for (int out : new int[] {2, 5}) {
      GraphConv conv =
          GraphConv.builder(context, 3, out)
              .norm(norm)
              .allowZeroInDegree(true)
              .activation(Tensor::tanh)
              .build();
      Tensor src = normal(SRC, 3);
      Tensor w = normal(EDGES, 1);
      check(conv, Map.of("src", src, "w", w), () -> conv.forward(g, src, null, w));
    }
  }

  @ParameterizedTest
  @EnumSource(Aggregator.class)
  void sage_conv(Aggregator aggregator) {
    int inDst = aggregator == Aggregator.GCN ? 3 : 4;
    for (int out : new int[] {2, 5}) {
      check(
          SageConv.builder(context, 3, out).inDst(inDst).aggregator(aggregator).build(), 3, inDst);
    }
  }

  @Test
  void gat_conv() {
    check(
        GatConv.builder(context, 3, 2, 2)
            .inDst(4)
            .residual(true)
            .attentionDropout(0.2)
            .featureDropout(0.2)
            .allowZeroInDegree(true)
            .build(),
        3,
        4);
  }

  @Test
  void gatv2_conv() {
    check(
        Gatv2Conv.builder(context, 3, 2, 2).inDst(5).residual(true).allowZeroInDegree(true).build(),
        3,
        5);
  }

  @Test
  void gin_conv() {
    check(
        new GinConv(context, new Linear(context, 3, 2), io.relata.spi.Reducer.SUM, 0.3, true),
        3,
        3);
  }

  @Test
  void edge_conv() {
    EdgeConv conv = new EdgeConv(context, 3, 2, true);
    Tensor src = normal(SRC, 3);
    Tensor dst = normal(DST, 3);
    check(conv, Map.of("src", src, "dst", dst), () -> conv.forward(g, src, dst));
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 0", "2, 6, 0", "12, 1, 2", "1, 12, 2", "3, 3, 3"})
  void rel_graph_conv(int in, int out, int bases) {
    RelGraphConv conv =
        RelGraphConv.builder(context, in, out, 4)
            .bases(bases)
            .layerNorm(out > 2)
            .dropout(0.3)
            .activation(Tensor::tanh)
            .build();
    TypedAdjacency typed = TypedAdjacency.of(g, types, 4);
    Tensor src = normal(SRC, in);
    Tensor dst = normal(DST, in);
    Tensor norm = normal(EDGES, 1);
    check(
        conv,
        Map.of("src", src, "dst", dst, "norm", norm),
        () -> conv.forward(typed, src, dst, norm));
  }
}
