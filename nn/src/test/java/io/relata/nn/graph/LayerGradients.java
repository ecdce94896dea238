package io.relata.nn.graph;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.GradientCheck;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A runtime, a graph between two kinds of nodes and one among nodes, and the check itself. */
abstract class LayerGradients {
  static final int SRC = 9;
  static final int DST = 7;
  static final int EDGES = 25;
  static Relata relata;
  static LayerContext context;

  /** Destination 0 has no in-edge. */
  static Adjacency g;

  /** Among the destinations of {@link #g}; every node has in- and out-edges. */
  static Adjacency square;

  /** For each edge of either graph; type 2 has none. */
  static int[] types;

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
    int[] from = random.ints(EDGES, 0, DST).toArray();
    int[] to = random.ints(EDGES, 0, DST).toArray();
    for (int v = 0; v < DST; v++) {
      from[v] = v;
      to[v] = (v + 1) % DST;
    }
    square = Adjacency.of(relata, "square", DST, DST, from, to);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  static Tensor normal(long... shape) {
    return relata.normal(0, 1, DType.FLOAT64, shape);
  }

  static Tensor positive(long... shape) {
    return relata.uniform(0.5, 2, DType.FLOAT64, shape);
  }

  static void check(Layer layer, Map<String, Tensor> inputs, Supplier<Tensor> forward) {
    Map<String, Tensor> leaves = new LinkedHashMap<>(layer.namedParameters());
    leaves.putAll(inputs);
    GradientCheck.check(
        leaves,
        () -> {
          relata.seed(5);
          return forward.get();
        });
  }

  /** Between two kinds of nodes, with something on the edges. */
  static void check(ConvLayer layer, int inSrc, int inDst, long... edge) {
    Tensor src = normal(SRC, inSrc);
    Tensor dst = normal(DST, inDst);
    Tensor e = normal(edge);
    check(layer, Map.of("src", src, "dst", dst, "e", e), () -> layer.forward(g, src, dst, e));
  }
}
