package io.relata.examples.cora;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class EpochLineTest {
  @Test
  void aLineReadsAsInTheTutorialInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(EpochLine.first(1.9478, 0.072, 0.0662))
          .hasToString(
              "In epoch 0, loss: 1.948, val acc: 0.072 (best 0.072), test acc: 0.066 (best"
                  + " 0.066)");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void bestTestIsThatOfTheFirstEpochWithTheBestValidation() {
    EpochLine line = EpochLine.first(2, 0.5, 0.4).next(1.5, 0.7, 0.6).next(1, 0.7, 0.8);
    assertThat(line.next(0.5, 0.6, 0.9))
        .isEqualTo(new EpochLine(3, 0.5, 0.6, 0.7, 0.9, 0.6))
        .hasToString(
            "In epoch 3, loss: 0.500, val acc: 0.600 (best 0.700), test acc: 0.900 (best 0.600)");
  }
}
