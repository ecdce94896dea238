package io.relata.examples.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the figures of a run as JSON for programs that compare runs. */
public final class SummaryJson {
  private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

  private SummaryJson() {}

  /**
   * Writes the main figures of a run: {@code testAccuracy, macroF1, majorityAccuracy,
   * noEdgesAccuracy, epochSeconds, loadSeconds, totalSeconds, nodes, edges, relations, seed,
   * backend, jdk, relata}.
   *
   * @throws IOException if the file cannot be written; what was there before is then untouched
   */
  public static void write(RunReport report, Path file) throws IOException {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("testAccuracy", report.results().testAccuracy());
    figures.put("macroF1", report.results().macroF1());
    figures.put("majorityAccuracy", report.results().majorityAccuracy());
    figures.put("noEdgesAccuracy", report.results().noEdgesAccuracy());
    figures.put("epochSeconds", report.timings().epochSeconds());
    figures.put("loadSeconds", report.timings().loadSeconds());
    figures.put("totalSeconds", report.timings().totalSeconds());
    figures.put("nodes", report.dataSet().nodes());
    figures.put("edges", report.dataSet().edges());
    figures.put("relations", report.dataSet().relations().size());
    figures.put("seed", report.environment().seed());
    figures.put("backend", report.environment().backend());
    figures.put("jdk", report.environment().jdk());
    figures.put("relata", report.environment().relata());
    write(figures, file);
  }

  /**
   * Writes any figures: keys to numbers, texts, records of these, or maps. A number that is not
   * finite is written as a text ({@code "NaN"}), for JSON has none.
   *
   * @throws IOException if the file cannot be written; what was there before is then untouched
   */
  public static void write(Map<String, ?> figures, Path file) throws IOException {
    WholeFile.write(file, draft -> JSON.writeValue(draft.toFile(), figures));
  }
}
