package io.relata.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.nn.GradientCheck;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossesTest {
  private static Relata relata;
  private static Tensor labels;
  private static Tensor weights;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    relata.seed(2);
    labels = relata.tensor(new int[] {2, 0, 1, 2});
    weights = relata.tensor(new double[] {0.5, 1, 3});
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static Tensor logits() {
    return relata.normal(0, 2, DType.FLOAT64, 4, 3);
  }

  @Test
  void cross_entropy_is_minus_the_log_of_the_labels_softmax() {
    Tensor x = relata.tensor(new double[] {1, 2, 3, 0, 0, 0}, 2, 3);
    double first = Math.log(Math.exp(-2) + Math.exp(-1) + 1);
    double second = Math.log(3);
    Tensor y = relata.tensor(new long[] {2, 1});
    assertThat(Losses.crossEntropy(x, y).item()).isCloseTo((first + second) / 2, within(1e-14));
    Tensor sum = Losses.crossEntropy(x, y, null, Averaging.SUM);
    assertThat(sum.item()).isCloseTo(first + second, within(1e-14));
    Tensor weighted = Losses.crossEntropy(x, y, weights, Averaging.MEAN);
    assertThat(weighted.item()).isCloseTo((3 * first + second) / 4, within(1e-14));
  }

  @ParameterizedTest
  @EnumSource(Averaging.class)
  void gradients_are_slopes(Averaging a) {
    Tensor x = logits();
    GradientCheck.check(Map.of("x", x), () -> Losses.crossEntropy(x, labels, null, a));
    GradientCheck.check(Map.of("x", x), () -> Losses.crossEntropy(x, labels, weights, a));
    GradientCheck.check(Map.of("x", x), () -> Losses.nll(x.logSoftmax(1), labels, weights, a));
    GradientCheck.check(Map.of("x", x), () -> Losses.nll(x, labels, null, a));
    Tensor targets = relata.uniform(0, 1, DType.FLOAT64, 4, 3);
    GradientCheck.check(Map.of("x", x), () -> Losses.binaryCrossEntropyWithLogits(x, targets, a));
    GradientCheck.check(Map.of("x", x, "y", targets), () -> Losses.mse(x, targets, a));
  }

  @Test
  void selected_rows_alone_count() {
    Tensor x = logits();
    Tensor rows = relata.tensor(new int[] {3, 1});
    Tensor withJunk = relata.tensor(new int[] {-7, 0, 99, 2});
    double each =
        Losses.crossEntropy(x.slice(0, 3, 4), relata.tensor(new int[] {2})).item()
            + Losses.crossEntropy(x.slice(0, 1, 2), relata.tensor(new int[] {0})).item();
    assertThat(Losses.crossEntropy(x, withJunk, rows).item()).isCloseTo(each / 2, within(1e-14));
    GradientCheck.check(Map.of("x", x), () -> Losses.crossEntropy(x, withJunk, rows));
  }

  @Test
  void huge_logits_give_finite_losses_and_gradients() {
    Tensor x = relata.tensor(new float[] {1e4f, -1e4f, 3e38f, 0}, 2, 2).requiresGrad(true);
    Tensor loss = Losses.crossEntropy(x, relata.tensor(new int[] {0, 0}));
    assertThat(loss.item()).isZero();
    loss.backward();
    assertThat(x.grad().toFloatArray()).containsExactly(0, 0, 0, 0);
    Tensor z = relata.tensor(new double[] {1e4, -1e4});
    Tensor t = relata.tensor(new double[] {1, 0});
    assertThat(Losses.binaryCrossEntropyWithLogits(z, t).item()).isZero();
    assertThat(Losses.binaryCrossEntropyWithLogits(z.neg(), t).item()).isEqualTo(1e4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 33, 200})
  void cross_entropy_of_many_rows_is_picked_from_the_softmax(int classes) {
    int n = 700;
    relata.seed(classes);
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      Tensor x = relata.normal(0, 3, dtype, n, classes);
      Tensor y = relata.rand(n).mul(classes).to(DType.INT32);
      Tensor fused = x.copy().requiresGrad(true);
      Tensor composed = x.copy().requiresGrad(true);
      Tensor a = Losses.crossEntropy(fused, y);
      Tensor b = Losses.nll(composed.logSoftmax(1), y);
      a.backward();
      b.backward();
      double tolerance = dtype == DType.FLOAT32 ? 1e-6 : 1e-13;
      assertThat(a.item()).isCloseTo(b.item(), within(4 * tolerance));
      assertThat(fused.grad().sub(composed.grad()).abs().max().item())
          .isLessThan(tolerance / n * 2);
    }
  }

  @Test
  void rows_without_a_share_to_compare_lose_without_bound_and_nan_stays() {
    float none = Float.NEGATIVE_INFINITY;
    Tensor x = relata.tensor(new float[] {none, none, 0, none, 0, 0}, 3, 2).requiresGrad(true);
    Tensor y = relata.tensor(new int[] {0, 0, 1});
    Tensor sum = Losses.crossEntropy(x, y, null, Averaging.SUM);
    assertThat(sum.item()).isEqualTo(Double.POSITIVE_INFINITY);
    sum.backward();
    assertThat(x.grad().toFloatArray()).containsExactly(-1, 0, 0, 0, 0.5f, -0.5f);
    Tensor odd = relata.tensor(new float[] {Float.NaN, 0}, 1, 2);
    assertThat(Losses.crossEntropy(odd, relata.tensor(new int[] {1})).item()).isNaN();
  }

  @Test
  void a_label_outside_the_classes_is_named_with_its_position() {
    assertThatThrownBy(() -> Losses.crossEntropy(logits(), relata.tensor(new int[] {0, 1, 3, 0})))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INDEX))
        .hasMessageContaining("crossEntropy, position 2")
        .hasMessageContaining("0 to 2, for 3 classes")
        .hasMessageContaining("3");
    assertThatThrownBy(() -> Losses.nll(logits(), relata.tensor(new long[] {0, -1, 1, 0})))
        .hasMessageContaining("position 1")
        .hasMessageContaining("-1");
  }

  @Test
  void shapes_and_types_that_do_not_fit_are_refused() {
    assertThatThrownBy(() -> Losses.crossEntropy(logits(), relata.tensor(new int[] {0})))
        .hasMessageContaining("(4, 3) and (1,)");
    assertThatThrownBy(() -> Losses.crossEntropy(logits(), relata.ones(4)))
        .hasMessageContaining("INT32 or INT64");
    assertThatThrownBy(() -> Losses.crossEntropy(logits(), labels, relata.ones(3), Averaging.MEAN))
        .hasMessageContaining("FLOAT64 (3,)");
    assertThatThrownBy(() -> Losses.mse(relata.ones(4, 1), relata.ones(4)))
        .hasMessageContaining("(4, 1)")
        .hasMessageContaining("(4,)");
  }
}
