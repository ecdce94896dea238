package io.relata.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ConsoleReportTest {
  private final RunReport report = SampleReport.of(List.of("java.base"));

  @Test
  void theDataIsTwoTablesWithTotals() {
    String text = printed(out -> new ConsoleReport(out).data(report.dataSet()));
    assertThat(text)
        .contains("JDK class graph")
        .contains("| class     | 27,431 |")
        .containsPattern("\\| class \\| references +\\| class \\| +268,101 \\|")
        .containsPattern("\\| total +\\| +\\| +\\| 1,142,328 \\|");
  }

  @Test
  void theResultsStandBesideTheBaselines() {
    assertThat(printed(out -> new ConsoleReport(out).results(report)))
        .containsPattern("graph network +\\| +83\\.1 %")
        .containsPattern("same network, no edges +\\| +56\\.7 % \\| +\\+26\\.4 points")
        .containsPattern("majority class +\\| +27\\.9 % \\| +\\+55\\.2 points")
        .contains("macro-F1 0.705; median epoch 0.2", "in all 48.9 s");
  }

  @Test
  void withoutATerminalProgressIsAFewPlainLines() {
    String text = printed(out -> train(TrainingProgress.lines("graph", 60, out)));
    List<String> lines = text.lines().toList();
    assertThat(lines).hasSize(11);
    assertThat(lines.getFirst()).matches("graph: epoch 1 of 60, loss 4\\.\\d+, validation .* %");
    assertThat(lines.getLast()).startsWith("graph: epoch 60 of 60, loss ");
    assertThat(text.replace(System.lineSeparator(), "")).doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void onATerminalProgressIsABarWithTheFigures() {
    String text = printed(out -> train(TrainingProgress.bar("graph", 60, out)));
    assertThat(text).contains("graph 100%", "60/60", "loss 0.", "validation ");
  }

  @Test
  void aTrainingWithoutEpochsIsRefused() {
    assertThatThrownBy(() -> TrainingProgress.start("graph", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A training has at least one epoch, not 0");
  }

  private void train(TrainingProgress progress) {
    try (progress) {
      report.graph().forEach(progress::done);
    }
  }

  private static String printed(Consumer<PrintStream> action) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    action.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
