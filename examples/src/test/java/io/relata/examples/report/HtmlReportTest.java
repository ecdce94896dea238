package io.relata.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final String HOSTILE = "</script><script>alert('&\"1')</script><!-- {{x}}";

  @TempDir Path folder;

  @Test
  void figuresAreThereWithoutScript() throws IOException {
    String page = withoutScripts(page(SampleReport.of(List.of("java.base", "java.xml"))));
    assertThat(page)
        .contains("Which module does a JDK class belong to?")
        .contains("83.1 %", "56.7 %", "27.9 %", "0.705", "27,431", "1,142,328")
        .contains("+26.4 points", "+55.2 points")
        .contains("references", "268,101", "java.base", "java.xml")
        .contains("cpu: Vector API 256 bit", "weight decay 5e-4", "SkylakeX");
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws IOException {
    String page = page(SampleReport.of(List.of("java.base")));
    assertThat(withoutScripts(page))
        .doesNotContain("<link", "<iframe", "<img", "@import", "url(")
        .doesNotContainPattern("(?i)\\b(src|href|action|data)\\s*=");
    assertThat(page).doesNotContainPattern("(?i)<script[^>]*\\bsrc\\b");
    assertThat(page).contains("Content-Security-Policy\" content=\"default-src 'none';");
  }

  @Test
  void chartsAreInThePageWithTheirLibraryAndItsLicence() throws IOException {
    String page = page(SampleReport.of(List.of("java.base")));
    assertThat(page).contains("Licensed to the Apache Software Foundation");
    assertThat(withoutScripts(page)).containsPattern("Apache ECharts \\d+\\.\\d+\\.\\d+");
    for (String chart : List.of("schema", "loss", "accuracy", "classes")) {
      assertThat(page).contains("class=\"chart\" id=\"" + chart + "\"");
    }
  }

  @Test
  void namesCannotBecomeMarkupOrCode() throws IOException {
    RunReport report = SampleReport.of(List.of(HOSTILE));
    String page = page(report);
    assertThat(page).doesNotContain(HOSTILE).doesNotContain("<script>alert");
    // Three scripts: the data, the library, the page's own.
    assertThat(page.split("</script>", -1)).hasSize(4);
    assertThat(json(page).at("/classes/0/name").asText()).isEqualTo(HOSTILE);
  }

  @Test
  void theDataInThePageIsTheReport() throws IOException {
    RunReport report = SampleReport.of(List.of("java.base"));
    JsonNode json = json(page(report));
    assertThat(json.at("/results/testAccuracy").asDouble()).isEqualTo(0.8312);
    assertThat(json.at("/graph")).hasSize(60);
    assertThat(json.at("/dataSet/relations/9/reverse").asBoolean()).isTrue();
  }

  @Test
  void aTrainingThatWentAstrayIsStillReported() throws IOException {
    RunReport sane = SampleReport.of(List.of("java.base"));
    RunReport.Epoch bad = new RunReport.Epoch(0, Double.NaN, 0.1, Double.NaN, 0.2);
    RunReport report =
        new RunReport(
            sane.title(),
            sane.task(),
            sane.label(),
            sane.dataSet(),
            sane.split(),
            List.of(bad),
            List.of(),
            sane.results(),
            List.of(new RunReport.ClassResult("never tested", 0, 0, 0)),
            sane.environment(),
            RunReport.Timings.of(1, List.of(), 2));
    assertThat(withoutScripts(page(report))).contains("never tested", "n/a");
  }

  @Test
  void missingFoldersAreCreated() throws IOException {
    Path file = folder.resolve("a/b/report.html");
    HtmlReport.write(SampleReport.of(List.of("java.base")), file);
    assertThat(file).isNotEmptyFile();
    assertThat(file.getParent()).isDirectoryContaining(file::equals);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aFailureLeavesTheOldFileAndNoDraft() throws IOException {
    Path file = Files.writeString(folder.resolve("report.html"), "old");
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    draft -> {
                      Files.writeString(draft, "half");
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(file).hasContent("old");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private String page(RunReport report) throws IOException {
    Path file = folder.resolve("report.html");
    HtmlReport.write(report, file);
    return Files.readString(file);
  }

  private static String withoutScripts(String page) {
    return page.replaceAll("(?s)<script.*?</script>", "");
  }

  private static JsonNode json(String page) throws IOException {
    Matcher data =
        Pattern.compile("(?s)<script type=\"application/json\" id=\"run\">(.*?)</script>")
            .matcher(page);
    assertThat(data.find()).isTrue();
    return new ObjectMapper().readTree(data.group(1));
  }
}
