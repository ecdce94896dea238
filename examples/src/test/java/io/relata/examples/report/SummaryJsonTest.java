package io.relata.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryJsonTest {
  record Form(double meanTest, double stdTest, double epochMs) {}

  @TempDir Path folder;

  @Test
  void aRunsFiguresAreUnderTheirKeys() throws IOException {
    Path file = folder.resolve("target/jdk-modules/summary.json");
    SummaryJson.write(SampleReport.of(List.of("java.base")), file);
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("testAccuracy").asDouble()).isEqualTo(0.8312);
    assertThat(json.get("macroF1").asDouble()).isEqualTo(0.7046);
    assertThat(json.get("majorityAccuracy").asDouble()).isEqualTo(0.2793);
    assertThat(json.get("noEdgesAccuracy").asDouble()).isEqualTo(0.5671);
    assertThat(json.get("epochSeconds").asDouble()).isBetween(0.2, 0.3);
    assertThat(json.get("totalSeconds").asDouble()).isEqualTo(48.9);
    assertThat(json.get("nodes").asLong()).isEqualTo(27_431);
    assertThat(json.get("edges").asLong()).isEqualTo(1_142_328);
    assertThat(json.get("relations").asInt()).isEqualTo(18);
    assertThat(json.get("seed").asLong()).isEqualTo(42);
    assertThat(json.get("backend").asText()).isEqualTo("cpu");
    assertThat(json.get("jdk").asText()).startsWith(System.getProperty("java.runtime.version"));
  }

  @Test
  void anyFiguresCanBeWrittenByForm() throws IOException {
    Path file = folder.resolve("summary.json");
    SummaryJson.write(Map.of("plain", new Form(0.766, 0.004, 12.5)), file);
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.at("/plain/meanTest").asDouble()).isEqualTo(0.766);
    assertThat(json.at("/plain/stdTest").asDouble()).isEqualTo(0.004);
    assertThat(json.at("/plain/epochMs").asDouble()).isEqualTo(12.5);
  }

  @Test
  void aFailureLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("summary.json"), "{}");
    Map<String, Object> unwritable = Map.of("a", 1, "b", new Object());
    assertThatThrownBy(() -> SummaryJson.write(unwritable, file)).isInstanceOf(IOException.class);
    assertThat(file).hasContent("{}");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
