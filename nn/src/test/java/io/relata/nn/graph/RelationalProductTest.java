package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.LayerContext;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelationalProductTest {
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  /** Types of very different frequency, so that some touch few nodes and one none. */
  private static int[] types(Random random, int edges) {
    return random.ints(edges, 0, 100).map(k -> k < 80 ? 0 : k < 97 ? 1 : 3).toArray();
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "24, 2", "2, 24"})
  void it_is_the_sum_over_edges_whatever_the_order_of_products(int in, int out) {
    Random random = new Random(4);
    int n = 60;
    int m = 40;
    int edges = 300;
    int[] src = random.ints(edges, 0, n).toArray();
    int[] dst = random.ints(edges, 0, m).toArray();
    int[] types = types(random, edges);
    double[] x = random.doubles((long) n * in, -1, 1).toArray();
    double[] w = random.doubles(4L * in * out, -1, 1).toArray();
    double[] norm = random.doubles(edges, -1, 1).toArray();
    double[] expected = new double[m * out];
    for (int e = 0; e < edges; e++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          expected[dst[e] * out + o] +=
              norm[e] * x[src[e] * in + i] * w[(types[e] * in + i) * out + o];
        }
      }
    }
    TypedAdjacency g = TypedAdjacency.of(Adjacency.of(relata, "test", n, m, src, dst), types, 4);
    Tensor y =
        RelationalProduct.of(
            g, relata.tensor(x, n, in), relata.tensor(w, 4, in, out), relata.tensor(norm));
    assertThat(y.toDoubleArray()).containsExactly(expected, Offset.offset(1e-12));
  }

  @Test
  void cost_decides_which_product_comes_first() {
    int n = 100;
    int[] ids = new Random(2).ints(1000, 0, n).toArray();
    TypedAdjacency g =
        TypedAdjacency.of(Adjacency.of(relata, "test", n, n, ids, ids), new int[1000], 1);
    assertThat(RelationalProduct.aggregatesFirst(g, 0, 4, 64)).isTrue();
    assertThat(RelationalProduct.aggregatesFirst(g, 0, 64, 4)).isFalse();
  }

  @Test
  void nothing_of_size_edges_times_features_is_made_forward_or_backward() {
    Random random = new Random(4);
    int n = 300;
    int edges = 200_000;
    int width = 64;
    int[] src = random.ints(edges, 0, n).toArray();
    int[] dst = random.ints(edges, 0, n).toArray();
    TypedAdjacency g =
        TypedAdjacency.of(Adjacency.of(relata, "test", n, n, src, dst), types(random, edges), 4);
    RelGraphConv conv =
        RelGraphConv.builder(LayerContext.of(relata), width, width, 4)
            .bases(2)
            .meanPerRelation(true)
            .build();
    Tensor x = relata.randn(n, width).requiresGrad(true);
    conv.forward(g, x).sum().backward();
    long before = relata.memory().live();
    relata.resetPeakMemory();
    conv.forward(g, x).sum().backward();
    long used = relata.memory().peak() - before;
    assertThat(used).isLessThan((long) edges * width * 4 / 10);
  }

  @Test
  void the_mean_per_relation_divides_by_the_edges_of_that_type() {
    Adjacency g =
        Adjacency.of(relata, "test", 3, 3, new int[] {0, 1, 2, 0}, new int[] {2, 2, 2, 1});
    TypedAdjacency typed = TypedAdjacency.of(g, new int[] {0, 0, 1, 1}, 2);
    assertThat(typed.meanNorm(DType.FLOAT64).toDoubleArray()).containsExactly(0.5, 0.5, 1, 1);
  }

  @Test
  void relations_in_a_list_are_the_same_as_one_graph_with_types() {
    Adjacency a = Adjacency.of(relata, "a", 3, 3, new int[] {0, 1}, new int[] {1, 2});
    Adjacency b = Adjacency.of(relata, "b", 3, 3, new int[] {2}, new int[] {0});
    Adjacency all = Adjacency.of(relata, "all", 3, 3, new int[] {0, 1, 2}, new int[] {1, 2, 0});
    relata.seed(1);
    RelGraphConv conv = RelGraphConv.builder(LayerContext.of(relata), 2, 2, 2).build();
    Tensor x = relata.randn(3, 2);
    assertThat(conv.forward(TypedAdjacency.of(List.of(a, b)), x).toFloatArray())
        .isEqualTo(conv.forward(TypedAdjacency.of(all, new int[] {0, 0, 1}, 2), x).toFloatArray());
  }

  @Test
  void wrong_types_and_features_are_refused() {
    Adjacency g = Adjacency.of(relata, "test", 2, 2, new int[] {0, 1}, new int[] {1, 0});
    assertThatThrownBy(() -> TypedAdjacency.of(g, new int[] {0}, 1))
        .hasMessageContaining("2 types, one per edge");
    assertThatThrownBy(() -> TypedAdjacency.of(g, new int[] {0, 3}, 2))
        .hasMessageContaining("type of edge 1")
        .hasMessageContaining("0 to 1, for 2 relations");
    assertThatThrownBy(() -> TypedAdjacency.of(List.of())).hasMessageContaining("no relation");
    RelGraphConv conv = RelGraphConv.builder(LayerContext.of(relata), 2, 2, 3).build();
    TypedAdjacency two = TypedAdjacency.of(g, new int[] {0, 1}, 2);
    assertThatThrownBy(() -> conv.forward(two, relata.ones(2, 2)))
        .hasMessageContaining("another number of relations");
    TypedAdjacency three = TypedAdjacency.of(g, new int[] {0, 1}, 3);
    assertThatThrownBy(() -> conv.forward(three, relata.ones(2, 5)))
        .hasMessageContaining("source features")
        .hasMessageContaining("(2, 5)");
    Tensor x = relata.ones(2, 2);
    assertThatThrownBy(() -> conv.forward(three, x, x, relata.ones(3)))
        .hasMessageContaining("norm");
    assertThatThrownBy(
            () -> RelGraphConv.builder(LayerContext.of(relata), 2, 2, 3).bases(-1).build())
        .hasMessageContaining("bases");
  }
}
