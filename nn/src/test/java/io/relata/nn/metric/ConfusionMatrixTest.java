package io.relata.nn.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.Relata;
import io.relata.Tensor;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
  private static final int[] ACTUAL = {0, 0, 0, 1, 1, 2};
  private static final int[] PREDICTED = {0, 0, 1, 1, 0, 1};

  @Test
  void figures_follow_from_the_counts() {
    ConfusionMatrix m = ConfusionMatrix.of(PREDICTED, ACTUAL, 4);
    assertThat(m.counts()[0]).containsExactly(2, 1, 0, 0);
    assertThat(m.total()).isEqualTo(6);
    assertThat(m.accuracy()).isEqualTo(0.5);
    assertThat(m.recall(0)).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(m.precision(1)).isCloseTo(1.0 / 3, within(1e-15));
    assertThat(m.f1(0)).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(m.f1(2)).isZero();
    assertThat(m.precision(2)).isNaN();
    // Class 3 neither occurs nor is predicted, so it does not count.
    assertThat(m.macroF1()).isCloseTo((2.0 / 3 + 0.4 + 0) / 3, within(1e-15));
  }

  @Test
  void the_largest_score_is_the_prediction() {
    try (Relata relata = Relata.open()) {
      Tensor logits = relata.tensor(new float[][] {{1, 2}, {3, 0}, {0, 1}});
      Tensor labels = relata.tensor(new int[] {1, 1, 1});
      assertThat(Metrics.accuracy(logits, labels)).isCloseTo(2.0 / 3, within(1e-15));
      Tensor rows = relata.tensor(new int[] {0, 2});
      assertThat(Metrics.accuracy(logits, labels, rows)).isEqualTo(1);
      assertThat(Metrics.macroF1(logits, labels, rows)).isEqualTo(1);
      assertThat(Metrics.macroF1(logits, labels)).isCloseTo(0.4, within(1e-15));
    }
  }

  @Test
  void lists_that_do_not_fit_and_unknown_classes_are_refused() {
    assertThatThrownBy(() -> ConfusionMatrix.of(new int[2], new int[3], 1))
        .hasMessageContaining("3 predictions");
    assertThatThrownBy(() -> ConfusionMatrix.of(new int[] {0}, new int[] {5}, 2))
        .hasMessageContaining("label at position 0")
        .hasMessageContaining("5");
  }

  @Test
  void accuracy_of_nothing_is_not_a_number() {
    assertThat(ConfusionMatrix.of(new int[0], new int[0], 2).accuracy()).isNaN();
    assertThat(ConfusionMatrix.of(new int[0], new int[0], 2).macroF1()).isNaN();
  }
}
