package io.relata.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
  @TempDir Path folder;

  private static Figure figure(String name, Tool tool, double median, double min, Double ratio) {
    return new Figure(name, "g", 10, 20, 64, 2, tool.id, median, min, ratio);
  }

  @Test
  void theFileIsAListOfFiguresWithTheseKeys() throws IOException {
    Path file = folder.resolve("new").resolve("summary.json");
    new Summary(
            List.of(
                figure("copy_u_sum", Tool.RELATA, 3, 2, 1.5),
                figure("latency", Tool.RELATA, 1, 1, null)))
        .write(file);
    JsonNode list = new ObjectMapper().readTree(file.toFile());
    assertThat(list.isArray()).isTrue();
    assertThat(list.get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "case",
            "graph",
            "nodes",
            "edges",
            "dim",
            "threads",
            "tool",
            "medianMs",
            "minMs",
            "ratioToFloor");
    assertThat(list.get(0).get("case").asText()).isEqualTo("copy_u_sum");
    assertThat(list.get(0).get("ratioToFloor").asDouble()).isEqualTo(1.5);
    assertThat(list.get(1).get("ratioToFloor").isNull()).isTrue();
  }

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    Summary summary = new Summary(List.of(figure("copy_u_sum", Tool.CPP, 3.25, 2, null)));
    Path file = folder.resolve("summary.json");
    summary.write(file);
    assertThat(Summary.read(file)).isEqualTo(summary);
  }

  @Test
  void forksGiveTheMedianOfMediansAndTheSmallestMinimum() {
    Summary merged =
        Summary.merged(
            List.of(
                new Summary(List.of(figure("a", Tool.RELATA, 9, 4, 9.0), floor(1))),
                new Summary(List.of(figure("a", Tool.RELATA, 6, 5, 2.0), floor(3))),
                new Summary(List.of(figure("a", Tool.RELATA, 7, 6, 3.0), floor(2)))));
    Figure ours = merged.find("a", "g", 64, Tool.RELATA);
    assertThat(ours.medianMs()).isEqualTo(7);
    assertThat(ours.minMs()).isEqualTo(4);
    assertThat(ours.ratioToFloor()).isEqualTo(3.5, within(1e-12));
    assertThat(merged.figures()).hasSize(2);
  }

  private static Figure floor(double ms) {
    return figure("a", Tool.FLOOR, ms, ms, 1.0);
  }

  @Test
  void aCaseWithoutFloorHasNoRatio() {
    Summary merged =
        Summary.merged(List.of(new Summary(List.of(figure("a", Tool.CPP, 1, 1, null)))));
    assertThat(merged.figures().getFirst().ratioToFloor()).isNull();
  }

  @Test
  void theMedianOfAnEvenCountLiesBetweenTheMiddleTwo() {
    assertThat(Summary.median(new double[] {4, 1, 2, 9})).isEqualTo(3);
    assertThat(Summary.median(new double[] {5, 1, 3})).isEqualTo(3);
  }
}
