package io.relata.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Updates are PyTorch's formulas, computed here number by number. */
class OptimizerTest {
  private static final double RATE = 0.1;
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  /** How one number moves: position, gradient and step number in, position out. */
  private interface Rule {
    double move(int i, double p, double g, int step);
  }

  /** The gradient of a bumpy function, so that consecutive gradients differ. */
  private static double slope(double p) {
    return Math.cos(3 * p) + p;
  }

  private static void compare(Function<List<Tensor>, Optimizer> maker, Rule rule) {
    double[] p = {1, -2, 0.25};
    Tensor t = relata.tensor(p.clone()).requiresGrad(true);
    Optimizer optimizer = maker.apply(List.of(t));
    for (int step = 1; step <= 20; step++) {
      double[] g = new double[p.length];
      for (int i = 0; i < p.length; i++) {
        g[i] = slope(p[i]);
      }
      try (Scope _ = relata.scope()) {
        optimizer.zeroGrad();
        t.mul(relata.tensor(g)).sum().backward();
        optimizer.step();
      }
      for (int i = 0; i < p.length; i++) {
        p[i] = rule.move(i, p[i], g[i], step);
      }
      assertThat(t.toDoubleArray()).containsExactly(p, Offset.offset(1e-12));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false, 0", "0, false, 0.1", "0.9, false, 0.01", "0.9, true, 0.01"})
  void sgd(double momentum, boolean nesterov, double decay) {
    double[] v = new double[3];
    compare(
        ps -> new Sgd(ps, RATE, momentum, nesterov, decay),
        (i, p, g, step) -> {
          double d = g + decay * p;
          v[i] = momentum * v[i] + d;
          return p - RATE * (nesterov ? d + momentum * v[i] : v[i]);
        });
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0.1, false", "0.1, true"})
  void adam(double decay, boolean decoupled) {
    double[] m = new double[3];
    double[] v = new double[3];
    compare(
        ps ->
            decoupled
                ? Adam.decoupled(ps, RATE, decay)
                : new Adam(ps, RATE, Adam.Options.DEFAULT.withWeightDecay(decay)),
        (i, p, gradient, step) -> {
          double g = decoupled ? gradient : gradient + decay * p;
          double start = decoupled ? p * (1 - RATE * decay) : p;
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          double root = Math.sqrt(v[i] / (1 - Math.pow(0.999, step))) + 1e-8;
          return start - RATE * m[i] / (1 - Math.pow(0.9, step)) / root;
        });
  }

  @Test
  void a_parameter_that_never_had_a_gradient_stays() {
    Tensor t = relata.ones(2).requiresGrad(true);
    new Adam(List.of(t), 0.1).step();
    assertThat(t.toFloatArray()).containsExactly(1, 1);
  }

  @Test
  void clipping_scales_all_gradients_to_the_common_norm_or_leaves_them() {
    Tensor a = relata.tensor(new double[] {0}).requiresGrad(true);
    Tensor b = relata.tensor(new double[] {0}).requiresGrad(true);
    a.setGrad(relata.tensor(new double[] {3}));
    b.setGrad(relata.tensor(new double[] {-4}));
    assertThat(GradientClip.byNorm(List.of(a, b), 10)).isEqualTo(5);
    assertThat(a.grad().item()).isEqualTo(3);
    assertThat(GradientClip.byNorm(List.of(a, b), 1)).isEqualTo(5);
    assertThat(a.grad().item()).isCloseTo(0.6, within(1e-6));
    assertThat(b.grad().item()).isCloseTo(-0.8, within(1e-6));
    assertThatThrownBy(() -> GradientClip.byNorm(List.of(a), 0)).hasMessageContaining("above 0");
  }

  @Test
  void schedules_follow_their_curves() {
    Schedule step = Schedule.step(10, 0.5);
    assertThat(step.factor(9)).isEqualTo(1);
    assertThat(step.factor(25)).isEqualTo(0.25);
    Schedule cosine = Schedule.cosine(100, 0.2);
    assertThat(cosine.factor(0)).isEqualTo(1);
    assertThat(cosine.factor(50)).isCloseTo(0.6, within(1e-12));
    assertThat(cosine.factor(500)).isEqualTo(0.2);
    Schedule warm = cosine.warmUp(4);
    assertThat(warm.factor(0)).isEqualTo(0.2);
    assertThat(warm.factor(3)).isEqualTo(0.8);
    assertThat(warm.factor(4)).isEqualTo(1);
    assertThat(Schedule.constant().factor(3)).isEqualTo(1);
    assertThatThrownBy(() -> Schedule.step(0, 0.5)).hasMessageContaining("1 or more");
  }

  @Test
  void parametersOfTwoRuntimesAreRefused() {
    try (Relata other = Relata.open()) {
      assertThatThrownBy(() -> new Adam(List.of(relata.ones(2), other.ones(2)), 0.1))
          .hasMessageContaining("different runtimes")
          .hasMessageContaining("parameters of an optimiser");
    }
  }

  @Test
  void options_out_of_range_are_refused() {
    List<Tensor> one = List.of(relata.ones(1).requiresGrad(true));
    assertThatThrownBy(() -> new Sgd(List.of(), 0.1)).hasMessageContaining("nothing to optimise");
    assertThatThrownBy(() -> new Sgd(one, -1)).hasMessageContaining("learning rate");
    assertThatThrownBy(() -> new Sgd(one, Double.NaN)).hasMessageContaining("learning rate");
    assertThatThrownBy(() -> new Sgd(one, 0.1, 1, false, 0)).hasMessageContaining("momentum");
    assertThatThrownBy(() -> new Sgd(one, 0.1, 0, true, 0)).hasMessageContaining("Nesterov");
    assertThatThrownBy(() -> new Adam.Options(1, 0.9, 1e-8, 0, false))
        .hasMessageContaining("beta1");
    assertThatThrownBy(() -> new Adam(one, 0.1).learningRate(Double.POSITIVE_INFINITY))
        .hasMessageContaining("learning rate");
  }
}
