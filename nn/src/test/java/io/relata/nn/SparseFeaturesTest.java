package io.relata.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.graph.Aggregator;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.Norm;
import io.relata.nn.graph.SageConv;
import java.util.Random;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SparseFeaturesTest {
  private static final Offset<Double> ROUNDING = within(1e-12);
  private static final int NODES = 30;
  private static final int WORDS = 50;

  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  /** A tenth of the numbers, a row and a column of zeros among them. */
  private static Tensor words() {
    Random random = new Random(3);
    double[] x = new double[NODES * WORDS];
    for (int i = 0; i < x.length; i++) {
      boolean kept = i / WORDS != 4 && i % WORDS != 7 && random.nextInt(10) == 0;
      x[i] = kept ? random.nextDouble() : 0;
    }
    return relata.tensor(x, NODES, WORDS);
  }

  private static Adjacency graph() {
    Random random = new Random(5);
    int[] src = random.ints(200, 0, NODES).toArray();
    int[] dst = random.ints(200, 0, NODES).toArray();
    return Adjacency.of(relata, "test", NODES, NODES, src, dst);
  }

  /** The same results and gradients from both forms of the features. */
  private static void same(
      Layer layer, Function<Tensor, Tensor> dense, Function<SparseFeatures, Tensor> sparse) {
    Tensor x = words();
    Tensor expected = dense.apply(x);
    expected.square().sum().backward();
    double[][] gradients =
        layer.parameters().stream().map(p -> p.grad().toDoubleArray()).toArray(double[][]::new);
    layer.parameters().forEach(Tensor::zeroGrad);
    Tensor found = sparse.apply(SparseFeatures.of(x));
    assertThat(found.toDoubleArray()).containsExactly(expected.toDoubleArray(), ROUNDING);
    found.square().sum().backward();
    for (int i = 0; i < gradients.length; i++) {
      assertThat(layer.parameters().get(i).grad().toDoubleArray())
          .containsExactly(gradients[i], within(1e-10));
    }
  }

  private static LayerContext context() {
    relata.seed(1);
    return new LayerContext(relata, DType.FLOAT64);
  }

  @Test
  void aLinearMapIsThatOfTheDenseFeatures() {
    Linear linear = new Linear(context(), WORDS, 5);
    same(linear, linear::forward, linear::forward);
  }

  @Test
  void graphLayersAreThoseOfTheDenseFeatures() {
    Adjacency g = graph();
    for (Aggregator a : new Aggregator[] {Aggregator.MEAN, Aggregator.GCN}) {
      SageConv sage = SageConv.builder(context(), WORDS, 4).aggregator(a).build();
      same(sage, x -> sage.forward(g, x), x -> sage.forward(g, x));
    }
    for (Norm norm : Norm.values()) {
      GraphConv conv =
          GraphConv.builder(context(), WORDS, 4).norm(norm).allowZeroInDegree(true).build();
      same(conv, x -> conv.forward(g, x), x -> conv.forward(g, x));
    }
  }

  @Test
  void compressedRowsAreTheDenseMatrix() {
    SparseFeatures x =
        SparseFeatures.of(
            relata, 3, new int[] {0, 2, 2, 3}, new int[] {2, 0, 1}, new float[] {1, 2, 4});
    assertThat(x.toString()).isEqualTo("SparseFeatures(3, 3), 3 not 0");
    Tensor w = relata.tensor(new float[][] {{1, 10}, {2, 20}, {3, 30}});
    assertThat(x.matmul(w).toFloatArray()).containsExactly(5, 50, 0, 0, 8, 80);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    SparseFeatures x = SparseFeatures.of(words());
    assertThatThrownBy(() -> x.matmul(relata.zeros(DType.FLOAT64, WORDS + 1, 2)))
        .hasMessageContaining("(50, …)");
    Linear linear = new Linear(context(), WORDS + 1, 5);
    assertThatThrownBy(() -> linear.forward(x)).hasMessageContaining("51 columns");
    assertThatThrownBy(() -> SparseFeatures.of(relata.zeros(3))).hasMessageContaining("(N, F)");
    assertThatThrownBy(() -> SparseFeatures.of(relata.tensor(new int[] {1, 2}, 1, 2)))
        .hasMessageContaining("FLOAT32 or FLOAT64");
    assertThatThrownBy(
            () -> SparseFeatures.of(relata, 3, new int[] {0, 2}, new int[] {1}, new float[] {1}))
        .hasMessageContaining("2 offsets, 1 columns, 1 values");
    assertThatThrownBy(
            () -> SparseFeatures.of(relata, 3, new int[] {0, 1}, new int[] {3}, new float[] {1}))
        .hasMessageContaining("0 to 2");
    SageConv pool = SageConv.builder(context(), WORDS, 4).aggregator(Aggregator.POOL).build();
    assertThatThrownBy(() -> pool.forward(graph(), x)).hasMessageContaining("mean or gcn");
  }
}
