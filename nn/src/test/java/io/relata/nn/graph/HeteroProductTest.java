package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Relations that add to one result give what a result for each, added up, gives. */
class HeteroProductTest {
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  /** Relations that touch most nodes and few, one without edges. */
  private static HeteroGraph graph() {
    Random r = new Random(3);
    return HeteroGraph.builder(relata)
        .nodes("a", 40)
        .nodes("b", 25)
        .relation("a", "most", "a", ends(r, 300, 40), ends(r, 300, 40))
        .relation("a", "few", "a", ends(r, 20, 5), ends(r, 20, 3))
        .relation("b", "to", "a", ends(r, 30, 25), ends(r, 30, 40))
        .relation("b", "none", "a", new int[0], new int[0])
        .relation("a", "back", "b", ends(r, 60, 40), ends(r, 60, 4))
        .build();
  }

  private static int[] ends(Random random, int count, int nodes) {
    return random.ints(count, 0, nodes).toArray();
  }

  private static HeteroGraphConv conv(
      HeteroGraph g, DType dtype, int in, int out, CrossReducer cross, Norm norm) {
    relata.seed(4);
    LayerContext context = new LayerContext(relata, dtype);
    Map<String, GraphConv> layers = new LinkedHashMap<>();
    for (EdgeType t : g.edgeTypes()) {
      layers.put(
          t.toString(),
          GraphConv.builder(context, in, out)
              .norm(norm)
              .bias(false)
              .allowZeroInDegree(true)
              .build());
    }
    return new HeteroGraphConv(g, layers, cross);
  }

  private static Map<String, double[]> numbers(
      HeteroGraphConv conv, HeteroGraph g, DType dtype, int in, boolean watched) {
    relata.seed(9);
    Map<String, Tensor> x = new TreeMap<>();
    x.put("a", relata.normal(0, 1, dtype, 40, in).requiresGrad(true));
    x.put("b", relata.normal(0, 1, dtype, 25, in).requiresGrad(true));
    conv.parameters().forEach(Tensor::zeroGrad);
    Map<String, double[]> all = new TreeMap<>();
    try (Layer.Watch _ = watched ? conv.observe((_, _, _, _) -> {}) : () -> {}) {
      Map<String, Tensor> y = conv.forward(g, x);
      y.get("a").square().sum().add(y.get("b").square().sum()).backward();
      y.forEach((type, t) -> all.put("y " + type, t.toDoubleArray()));
    }
    x.forEach((type, t) -> all.put("dx " + type, t.grad().toDoubleArray()));
    conv.namedParameters()
        .forEach((name, p) -> all.put(name, p.grad() == null ? null : p.grad().toDoubleArray()));
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT64, 8, 8",
    "FLOAT64, 12, 3",
    "FLOAT64, 3, 12",
    "FLOAT32, 20, 16",
    "FLOAT32, 40, 5"
  })
  void resultsAndGradientsAreThoseOfALayerForEach(DType dtype, int in, int out) {
    HeteroGraph g = graph();
    for (CrossReducer cross : new CrossReducer[] {CrossReducer.SUM, CrossReducer.MEAN}) {
      for (Norm norm : new Norm[] {Norm.RIGHT, Norm.NONE}) {
        HeteroGraphConv conv = conv(g, dtype, in, out, cross, norm);
        Map<String, double[]> together = numbers(conv, g, dtype, in, false);
        Map<String, double[]> apart = numbers(conv, g, dtype, in, true);
        assertThat(together).containsOnlyKeys(apart.keySet());
        apart.forEach(
            (name, values) -> {
              if (values == null) {
                assertThat(together.get(name)).as(name).isNull();
              } else {
                double scale = 1;
                for (double v : values) {
                  scale = Math.max(scale, Math.abs(v));
                }
                double tolerance = scale * (dtype == DType.FLOAT64 ? 1e-12 : 1e-5);
                assertThat(together.get(name)).as(name).containsExactly(values, within(tolerance));
              }
            });
      }
    }
  }

  @Test
  void noResultForEachRelationIsMade() {
    Random r = new Random(3);
    int n = 4_000;
    var builder = HeteroGraph.builder(relata).nodes("a", n);
    for (int i = 0; i < 20; i++) {
      builder.relation("a", "r" + i, "a", ends(r, 2 * n, n), ends(r, 2 * n, n));
    }
    HeteroGraph g = builder.build();
    HeteroGraphConv conv = conv(g, DType.FLOAT32, 16, 16, CrossReducer.SUM, Norm.RIGHT);
    Map<String, Tensor> x = Map.of("a", relata.randn(n, 16).requiresGrad(true));
    conv.forward(g, x).get("a").sum().backward();
    long before = relata.memory().live();
    relata.resetPeakMemory();
    conv.forward(g, x).get("a").sum().backward();
    // The result, its gradient, the gradient of x, one relation's rows; not one for each relation.
    assertThat(relata.memory().peak() - before).isLessThan(8L * n * 16 * 4);
  }
}
