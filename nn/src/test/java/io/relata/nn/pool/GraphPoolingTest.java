package io.relata.nn.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.nn.GradientCheck;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.Reducer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GraphPoolingTest {
  private static Relata relata;
  private static LayerContext context;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    relata.seed(6);
    context = new LayerContext(relata, DType.FLOAT64);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static List<GraphPooling> all() {
    return List.of(
        new ReducePooling(Reducer.MEAN),
        new SortPooling(3),
        new GlobalAttentionPooling(new Linear(context, 2, 1), new Linear(context, 2, 3)),
        new WeightAndSum(context, 2),
        new Set2Set(context, 2, 3));
  }

  @Test
  void gradients_are_slopes_also_with_a_graph_without_nodes() {
    Segments graphs = Segments.of(relata, 4, 0, 2);
    for (GraphPooling pooling : all()) {
      Tensor x = relata.normal(0, 1, DType.FLOAT64, 6, 2);
      Map<String, Tensor> leaves = new LinkedHashMap<>(pooling.namedParameters());
      leaves.put("x", x);
      GradientCheck.check(leaves, () -> pooling.forward(graphs, x));
      assertThat(pooling.forward(graphs, x).dim(0)).isEqualTo(3);
    }
  }

  @Test
  void a_graph_alone_gives_the_row_that_it_gives_in_a_batch() {
    Segments graphs = Segments.of(relata, 4, 2);
    for (GraphPooling pooling : all()) {
      Tensor x = relata.normal(0, 1, DType.FLOAT64, 6, 2);
      double[] alone = pooling.forward(x.slice(0, 4, 6)).toDoubleArray();
      double[] inBatch = pooling.forward(graphs, x).slice(0, 1, 2).toDoubleArray();
      assertThat(alone)
          .usingElementComparator((p, q) -> Math.abs(p - q) < 1e-12 ? 0 : 1)
          .containsExactly(inBatch);
    }
  }

  @Test
  void sort_pooling_keeps_the_largest_nodes_in_falling_order_each_sorted_upwards() {
    Tensor x = relata.tensor(new double[] {5, 1, 2, 9, 7, 7}, 3, 2);
    assertThat(new SortPooling(2).forward(x).toDoubleArray()).containsExactly(2, 9, 7, 7);
    assertThat(new SortPooling(4).forward(x).toDoubleArray())
        .containsExactly(2, 9, 7, 7, 1, 5, 0, 0);
  }

  @Test
  void rows_and_options_that_do_not_fit_are_refused() {
    Segments graphs = Segments.of(relata, 4, 2);
    Tensor x = relata.ones(5, 2);
    assertThatThrownBy(() -> new ReducePooling(Reducer.SUM).forward(graphs, x))
        .hasMessageContaining("ReducePooling(sum)")
        .hasMessageContaining("6 rows");
    assertThatThrownBy(() -> new SortPooling(0)).hasMessageContaining("k of 1");
    assertThatThrownBy(() -> new Set2Set(context, 2, 0)).hasMessageContaining("iterations");
  }
}
