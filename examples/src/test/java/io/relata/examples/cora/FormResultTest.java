package io.relata.examples.cora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FormResultTest {
  private static Training training(double test, Double... millis) {
    return new Training(List.of(EpochLine.first(1, 0.5, test)), List.of(millis));
  }

  @Test
  void meanAndDeviationAreOverSeedsAndTheMedianOverAllEpochs() {
    FormResult r =
        FormResult.of(
            List.of(training(0.75, 1.0, 100.0), training(0.76, 2.0, 4.0), training(0.77, 3.0)));
    assertThat(r.meanTest()).isCloseTo(0.76, within(1e-12));
    assertThat(r.stdTest()).isCloseTo(0.01, within(1e-12));
    assertThat(r.epochMs()).isEqualTo(3);
    assertThat(r)
        .hasToString(
            "test acc at best val acc 0.7600 (deviation 0.0100) over 3 seeds, 3.0 ms an epoch");
  }

  @Test
  void anEvenNumberOfEpochsHasTheMeanOfTheMiddleTwoAsMedian() {
    assertThat(FormResult.of(List.of(training(0.5, 4.0, 1.0, 2.0, 9.0))).epochMs()).isEqualTo(3);
  }

  @Test
  void oneSeedHasNoDeviation() {
    FormResult r = FormResult.of(List.of(training(0.75, 1.0)));
    assertThat(r.stdTest()).isNaN();
    assertThat(r).hasToString("test acc at best val acc 0.7500 from one seed, 1.0 ms an epoch");
  }
}
