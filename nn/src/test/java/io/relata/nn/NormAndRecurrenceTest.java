package io.relata.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NormAndRecurrenceTest {
  private static Relata relata;
  private static LayerContext context;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    relata.seed(4);
    context = new LayerContext(relata, DType.FLOAT64);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  @Test
  void batch_norm_keeps_running_mean_and_unbiased_variance_and_uses_them_in_evaluation() {
    BatchNorm norm = new BatchNorm(context, 1);
    Tensor x = relata.tensor(new double[] {1, 3, 8}, 3, 1);
    double[] y = norm.forward(x).toDoubleArray();
    double var = (9 + 1 + 16) / 3.0;
    assertThat(y[2]).isCloseTo(4 / Math.sqrt(var + 1e-5), within(1e-12));
    Map<String, Tensor> state = norm.stateDict();
    assertThat(state.get("running_mean").item()).isCloseTo(0.4, within(1e-12));
    assertThat(state.get("running_var").item()).isCloseTo(0.9 + 0.1 * 13, within(1e-12));
    assertThat(state.get("num_batches_tracked").item()).isEqualTo(1);
    norm.eval();
    assertThat(norm.forward(x).toDoubleArray()[2])
        .isCloseTo(7.6 / Math.sqrt(2.2 + 1e-5), within(1e-12));
    assertThat(state.get("num_batches_tracked").item()).isEqualTo(1);
  }

  @Test
  void batch_norm_refuses_a_batch_without_variance() {
    BatchNorm norm = new BatchNorm(context, 2);
    Tensor row = relata.zeros(DType.FLOAT64, 1, 2);
    assertThatThrownBy(() -> norm.forward(row)).hasMessageContaining("at least 2 in training");
    norm.eval();
    assertThat(norm.forward(row).shape()).isEqualTo(row.shape());
  }

  @Test
  void gradients_of_batch_norm_and_recurrences_are_slopes() {
    BatchNorm norm = new BatchNorm(context, 3);
    GruCell gru = new GruCell(context, 3, 2);
    Lstm lstm = new Lstm(context, 3, 2);
    Tensor x = relata.normal(0, 1, DType.FLOAT64, 4, 3);
    Tensor h = relata.normal(0, 1, DType.FLOAT64, 4, 2);
    Map<String, Tensor> leaves = new LinkedHashMap<>(Map.of("x", x, "h", h));
    norm.namedParameters().forEach((n, t) -> leaves.put("norm." + n, t));
    gru.namedParameters().forEach((n, t) -> leaves.put("gru." + n, t));
    lstm.namedParameters().forEach((n, t) -> leaves.put("lstm." + n, t));
    GradientCheck.check(
        leaves,
        () -> {
          Tensor rows = norm.forward(x);
          Lstm.State once = lstm.forward(rows, lstm.start(4));
          return Tensor.concat(1, gru.forward(rows, h), lstm.forward(rows, once).h());
        });
  }

  @Test
  void a_map_of_joined_inputs_is_the_sum_of_its_parts() {
    Linear map = new Linear(context, 5, 2);
    Tensor a = relata.normal(0, 1, DType.FLOAT64, 4, 3);
    Tensor b = relata.normal(0, 1, DType.FLOAT64, 4, 2);
    double[] whole = map.forward(Tensor.concat(1, a, b)).toDoubleArray();
    double[] parts = map.part(a, 0).add(map.part(b, 3)).add(map.bias()).toDoubleArray();
    for (int i = 0; i < whole.length; i++) {
      assertThat(parts[i]).isCloseTo(whole[i], within(1e-12));
    }
    assertThatThrownBy(() -> map.part(a, 3)).hasMessageContaining("at most 2 columns");
  }
}
