package io.relata.examples.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Writes a run as one HTML page that needs no network: styles, scripts and data are in the file,
 * and its content security policy forbids the browser to load anything else. Texts and tables are
 * plain HTML; the charts are drawn by Apache ECharts from the JSON of the {@link RunReport}.
 */
public final class HtmlReport {
  private static final String WEB_JAR = "/META-INF/maven/org.webjars/echarts/pom.properties";

  private HtmlReport() {}

  /**
   * Writes the page to {@code file}, which is replaced when the page is complete. Missing parent
   * folders are created.
   *
   * @throws IOException if the file cannot be written; what was there before is then untouched
   */
  public static void write(RunReport report, Path file) throws IOException {
    String page = render(report);
    WholeFile.write(file, draft -> Files.writeString(draft, page));
  }

  private static String render(RunReport report) throws IOException {
    String version = echartsVersion();
    ReportPage.Code code =
        new ReportPage.Code(
            text("report.css"),
            text("/META-INF/resources/webjars/echarts/" + version + "/echarts.min.js"),
            text("report.js"),
            json(report));
    return Mustache.compiler()
        .compile(text("report.html"))
        .execute(ReportPage.of(report, version, code));
  }

  /** JSON that cannot end the script element it stands in, nor open a comment there. */
  private static String json(RunReport report) throws JsonProcessingException {
    return new ObjectMapper()
        .writeValueAsString(report)
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e");
  }

  private static String echartsVersion() throws IOException {
    Properties pom = new Properties();
    try (InputStream in = resource(WEB_JAR)) {
      pom.load(in);
    }
    return pom.getProperty("version");
  }

  private static String text(String name) throws IOException {
    try (InputStream in = resource(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream resource(String name) {
    InputStream in = HtmlReport.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(
          "The report needs %s, which is not on the class path; org.webjars:echarts and the examples' own resources belong there"
              .formatted(name));
    }
    return in;
  }
}
