package io.relata.nn.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.Reducer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One row for each graph, on a batch whose second graph is empty. */
class PoolLayerTest {
  private static Relata relata;
  private static Segments graphs;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    graphs = Segments.of(relata, 2, 0, 1);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static Tensor rows() {
    return relata.tensor(new double[] {4, 1, 2, 3, 6, 5}, 3, 2).requiresGrad(true);
  }

  private static LayerContext context() {
    return new LayerContext(relata, DType.FLOAT64);
  }

  @Test
  void reducersGiveZeroForAnEmptyGraph() {
    assertThat(new ReducePooling(Reducer.MEAN).forward(graphs, rows()).toDoubleArray())
        .containsExactly(3, 2, 0, 0, 6, 5);
    assertThat(new ReducePooling(Reducer.MAX).forward(graphs, rows()).toDoubleArray())
        .containsExactly(4, 3, 0, 0, 6, 5);
  }

  @Test
  void sortPoolingOrdersNumbersAndRows() {
    Tensor x = rows();
    Tensor y = new SortPooling(2).forward(graphs, x);
    assertThat(y.toDoubleArray()).containsExactly(1, 4, 2, 3, 0, 0, 0, 0, 5, 6, 0, 0);
    y.mul(relata.tensor(new double[] {1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 0, 0}, 3, 4)).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(2, 1, 3, 4, 6, 5);
    assertThatThrownBy(() -> new SortPooling(0)).isInstanceOf(RelataException.class);
  }

  @Test
  void attentionSumsToOneInEveryGraphWithRows() {
    GlobalAttentionPooling pool = new GlobalAttentionPooling(new Linear(context(), 2, 1));
    double[] a = pool.attend(graphs, rows()).attention().toDoubleArray();
    assertThat(a[0] + a[1]).isCloseTo(1, within(1e-15));
    assertThat(a[2]).isEqualTo(1);
    assertThat(pool.forward(graphs, rows()).toDoubleArray()).endsWith(0, 0, 6, 5);
    GlobalAttentionPooling wide = new GlobalAttentionPooling(new Linear(context(), 2, 3));
    assertThatThrownBy(() -> wide.forward(graphs, rows()))
        .hasMessageContaining("(3, 1)")
        .hasMessageContaining("(3, 3)");
  }

  @Test
  void learnedLayersPassGradientsToRowsAndParameters() {
    for (PoolLayer pool : List.of(new WeightAndSum(context(), 2), new Set2Set(context(), 2, 3))) {
      Tensor x = rows();
      pool.forward(graphs, x).sum().backward();
      assertThat(x.grad().toDoubleArray()).doesNotContain(0);
      assertThat(pool.namedParameters().values()).allMatch(p -> p.grad() != null);
    }
    assertThat(new Set2Set(context(), 2, 1).forward(graphs, rows()).shape().dims())
        .containsExactly(3, 4);
    assertThatThrownBy(() -> new Set2Set(context(), 2, 0)).isInstanceOf(RelataException.class);
  }
}
