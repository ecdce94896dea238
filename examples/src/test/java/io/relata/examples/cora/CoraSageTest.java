package io.relata.examples.cora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relata.data.source.DataFolders;
import io.relata.data.source.Downloader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoraSageTest {
  @TempDir Path folder;

  private final Properties properties = new Properties();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(DataFolders folders) {
    return CoraSage.run(
        properties,
        folders,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private DataFolders empty() {
    return new DataFolders(
        Optional.of(folder), Optional.empty(), folder.resolve("cache"), Downloader.ofDefaults());
  }

  @Test
  void missingDataEndTheProgramWithAMessageAndARemedy() {
    assertThat(run(empty())).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("cora: not found below -Drelata.data=" + folder)
        .contains("Remedy: ")
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
    assertThat(out.size()).isZero();
  }

  @Test
  void anOptionWithoutSenseEndsTheProgramBeforeItReadsData() {
    properties.setProperty("relata.example.epochs", "none");
    assertThat(run(empty())).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("-Drelata.example.epochs")
        .doesNotContain("\tat ");
  }

  @Test
  void theTutorialPrintsEveryFifthEpochAndWritesASummaryByForm() throws IOException {
    DataFolders folders = DataFolders.ofProcess();
    Path root = folders.named().or(folders::besideCheckout).orElse(Path.of("none"));
    assumeTrue(
        Files.isDirectory(root.resolve("cora")),
        "skipped: no cora in -Drelata.data=DIR or in ../shared/data beside the checkout");
    properties.setProperty("relata.example.seeds", "2");
    properties.setProperty("relata.example.epochs", "6");
    properties.setProperty("relata.example.forms", "plain,weighted");
    properties.setProperty("relata.example.out", folder.toString());
    assertThat(run(folders)).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().filter(l -> l.startsWith("In epoch")))
        .hasSize(4)
        .allMatch(
            l ->
                l.matches(
                    "In epoch [05], loss: \\d\\.\\d{3}, val acc: 0\\.\\d{3} \\(best 0\\.\\d{3}\\),"
                        + " test acc: 0\\.\\d{3} \\(best 0\\.\\d{3}\\)"));
    JsonNode json = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    for (String form : new String[] {"plain", "weighted"}) {
      assertThat(json.at("/" + form + "/meanTest").asDouble()).isBetween(0.0, 1.0);
      assertThat(json.at("/" + form + "/stdTest").isNumber()).isTrue();
      assertThat(json.at("/" + form + "/epochMs").asDouble()).isPositive();
    }
    assertThat(json.has("userDefined")).isFalse();
    assertThat(json.get("seeds").asInt()).isEqualTo(2);
    assertThat(json.get("backend").asText()).isEqualTo("cpu");
    assertThat(json.get("jdk").asText()).isEqualTo(Runtime.version().toString());
  }
}
