package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import org.junit.jupiter.api.Test;

/** A gradient check that never fails would prove nothing. */
class GradientCheckTest extends RelataTck {
  private void check(double factor) {
    Tensor x = tensor(DType.FLOAT64, new double[] {1, 2, 3, 4, 5, 6}, Shape.of(2, 3));
    GradientCheck.check(
        relata,
        "twice",
        in ->
            Tensor.record(
                "twice", in[0].detach().mul(2), g -> new Tensor[] {g.mul(factor).add(0)}, in),
        x);
  }

  @Test
  void aRightRulePasses() {
    check(2);
  }

  @Test
  void aWrongRuleIsReportedWithIndexAndBothDerivatives() {
    assertThatThrownBy(() -> check(2.0001))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "gradient of twice with respect to input 0 of shape (2, 3) at index [0, 0] (x = 1.0):"
                + " analytic ")
        .hasMessageContaining(", numeric ");
  }

  @Test
  void aRuleThatAnswersNothingIsReported() {
    assertThatThrownBy(
            () ->
                GradientCheck.check(
                    relata,
                    "lost",
                    in ->
                        Tensor.record("lost", in[0].detach().mul(2), g -> new Tensor[] {null}, in),
                    relata.tensor(new double[] {1})))
        .hasMessage("gradient of lost never reached input 0");
  }
}
