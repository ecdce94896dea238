package io.relata.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gradients of dense layers are slopes. */
class LayerGradientTest {
  private static Relata relata;
  private static LayerContext context;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    relata.seed(3);
    context = new LayerContext(relata, DType.FLOAT64);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static void check(UnaryLayer layer, long... shape) {
    Tensor x = relata.normal(0, 1, DType.FLOAT64, shape);
    Map<String, Tensor> leaves = new LinkedHashMap<>(layer.namedParameters());
    leaves.put("x", x);
    GradientCheck.check(
        leaves,
        () -> {
          relata.seed(5); // dropout drops the same elements every time
          return layer.forward(x);
        });
  }

  @Test
  void linear() {
    check(new Linear(context, 4, 3), 5, 4);
    check(new Linear(context, 4, 3, false), 2, 5, 4);
  }

  @Test
  void layer_norm() {
    LayerNorm norm = new LayerNorm(context, 6);
    norm.namedParameters().get("weight").assign(relata.normal(0, 1, DType.FLOAT64, 6));
    check(norm, 5, 6);
  }

  @Test
  void layer_norm_brings_rows_to_mean_0_and_variance_1() {
    double[] y =
        new LayerNorm(context, 4)
            .forward(relata.tensor(new double[] {1, 2, 3, 6}, 1, 4))
            .toDoubleArray();
    double s = Math.sqrt(3.5 + 1e-5);
    assertThat(y).containsExactly(new double[] {-2 / s, -1 / s, 0, 3 / s}, Offset.offset(1e-14));
  }

  @Test
  void dropout_and_activations_in_sequence() {
    check(
        new Sequential(
            new Linear(context, 4, 8),
            Activation.tanh(),
            new Dropout(0.4),
            Activation.leakyRelu(0.1),
            Activation.elu(1),
            Activation.gelu(),
            Activation.sigmoid()),
        6,
        4);
  }

  @Test
  void embedding_rows_get_the_gradients_of_their_uses() {
    Embedding embedding = new Embedding(context, 5, 3);
    Tensor index = relata.tensor(new int[] {4, 0, 4, 2}, 2, 2);
    assertThat(embedding.forward(index).shape().dims()).containsExactly(2, 2, 3);
    GradientCheck.check(embedding.namedParameters(), () -> embedding.forward(index));
  }
}
