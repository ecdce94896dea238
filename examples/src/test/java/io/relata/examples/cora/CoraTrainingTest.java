package io.relata.examples.cora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.Relata;
import io.relata.data.Progress;
import io.relata.data.cora.Cora;
import io.relata.data.source.DataFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Short trainings on the real Cora, where it is on this machine; nothing is downloaded. */
class CoraTrainingTest {
  private static Relata relata;
  private static CoraTask cora;

  @BeforeAll
  static void readCora() {
    DataFolders folders = DataFolders.ofProcess();
    Path root = folders.named().or(folders::besideCheckout).orElse(Path.of("none"));
    assumeTrue(
        Files.isDirectory(root.resolve("cora")),
        "skipped: no cora in -Drelata.data=DIR or in ../shared/data beside the checkout");
    Cora data = Cora.read(folders, Progress.NONE);
    relata = Relata.open();
    cora = CoraTask.of(relata, data);
  }

  @AfterAll
  static void close() {
    if (relata != null) {
      relata.close();
    }
  }

  private static Training train(Form form, int epochs) {
    return Training.run(cora, form, 0, epochs, _ -> {});
  }

  private static List<Double> losses(Training training) {
    return training.epochs().stream().map(EpochLine::loss).toList();
  }

  @Test
  void fortyEpochsLearnTheFieldsOfResearch() {
    Training training = train(Form.PLAIN, 40);
    assertThat(training.epochs()).hasSize(40);
    assertThat(training.epochs().getFirst().loss()).isCloseTo(Math.log(7), within(0.05));
    assertThat(training.epochs().getLast().loss()).isLessThan(0.6);
    assertThat(training.testAtBestValidation()).isGreaterThan(0.6);
  }

  @Test
  void theFormsLossesStayTogetherWhileTraining() {
    List<Double> plain = losses(train(Form.PLAIN, 30));
    for (Form form : new Form[] {Form.WEIGHTED, Form.USER_DEFINED}) {
      List<Double> other = losses(train(form, 30));
      for (int epoch = 0; epoch < plain.size(); epoch++) {
        assertThat(other.get(epoch))
            .as(form + ", epoch " + epoch)
            .isCloseTo(plain.get(epoch), within(1e-4));
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameLossesToTheBit() {
    assertThat(losses(train(Form.PLAIN, 10))).isEqualTo(losses(train(Form.PLAIN, 10)));
  }
}
