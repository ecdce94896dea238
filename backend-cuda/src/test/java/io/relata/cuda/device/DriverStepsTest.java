package io.relata.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relata.Relata;
import io.relata.cuda.FakeDriver;
import io.relata.graph.Adjacency;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What runs on a GPU runs small on the driver's stand-in: training queues its steps without a wait,
 * checks and benchmarks come to their ends. {@code device/rehearse.sh} does the rest.
 */
class DriverStepsTest {
  private static FakeDriver driver;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    assumeTrue(FakeDriver.isPossible(), "no g++ on the PATH, or no natives of JCuda");
    driver = new FakeDriver();
  }

  @BeforeEach
  void choose() {
    System.setProperty("relata.cuda.cache", "off");
    System.setProperty("relata.backend", "cuda");
  }

  @AfterEach
  void restore() {
    System.clearProperty("relata.cuda.cache");
    System.clearProperty("relata.backend");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gat", "rgcn", "gcn", "gcn-sparse"})
  void stepsOfTrainingWaitForNothing(String model) {
    try (Relata relata = Relata.open()) {
      RandomGraph made = RandomGraph.of("g", 60, 400);
      Adjacency g = Models.withLoops(relata, made);
      Models.Training t =
          switch (model) {
            case "gat" -> Models.gat(relata, g, 12);
            case "rgcn" -> Models.rgcn(relata, g, Arrays.copyOf(made.relations(4), 460), 4, 12);
            case "gcn-sparse" -> Models.sparseGcn(relata, g, 90);
            default -> Models.gcn(relata, g, 12);
          };
      double first = t.step(true);
      long waits = driver.waits();
      for (int i = 0; i < 3; i++) {
        t.step(false);
      }
      assertThat(driver.waits()).isEqualTo(waits);
      assertThat(t.step(true)).isLessThan(first);
    }
  }

  @Test
  void benchmarksWriteWhatPeersCompareWith() throws Exception {
    DeviceBenchmarks.main(new String[] {folder.toString(), "60", "20000"});
    JsonNode all = new ObjectMapper().readTree(folder.resolve("relata.json").toFile());
    assertThat(all.get("backend").asText()).contains("Fake device 0");
    assertThat(all.get("results").findValuesAsText("operation"))
        .contains("copy", "gcn epoch", "gcn-sparse epoch", "gat epoch", "rgcn epoch", "copy_u max");
    for (JsonNode r : all.get("results")) {
      assertThat(r.get("ms").asDouble()).isPositive();
      if (r.get("operation").asText().endsWith("epoch")) {
        // The features alone are as much.
        assertThat(r.get("peakBytes").asLong()).isGreaterThan(1_000);
        assertThat(Files.size(folder.resolve(r.get("graph").asText() + ".rel"))).isPositive();
      }
    }
  }
}
