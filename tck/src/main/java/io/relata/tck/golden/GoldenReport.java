package io.relata.tck.golden;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of the cases, by group. */
public final class GoldenReport {
  /**
   * Cases of one group.
   *
   * @param passed gave DGL's numbers on every variant and in both element types
   * @param failed did not, or could not be run
   * @param notApplicable listed in docs/dgl-parity.md, and gave what the rule there says
   */
  public record Count(int passed, int failed, int notApplicable) {
    Count plus(Verdict v) {
      return switch (v) {
        case PASSED -> new Count(passed + 1, failed, notApplicable);
        case UNSUPPORTED, FAILED -> new Count(passed, failed + 1, notApplicable);
        case NOT_APPLICABLE -> new Count(passed, failed, notApplicable + 1);
      };
    }
  }

  /** What came of one case; a case takes the worst of its runs. */
  enum Verdict {
    PASSED,
    NOT_APPLICABLE,
    /** Calls what Relata does not have; counts as failed. */
    UNSUPPORTED,
    FAILED
  }

  private final Map<String, Count> counts = new LinkedHashMap<>();

  private record Failure(Verdict verdict, String line) {}

  private final Map<String, List<Failure>> failures = new LinkedHashMap<>();

  void start(String group) {
    counts.put(group, new Count(0, 0, 0));
    failures.put(group, new ArrayList<>());
  }

  void add(GoldenCase c, Verdict verdict, String why) {
    counts.merge(c.group(), new Count(0, 0, 0).plus(verdict), (a, _) -> a.plus(verdict));
    if (verdict.compareTo(Verdict.UNSUPPORTED) >= 0) {
      failures.get(c.group()).add(new Failure(verdict, c.id() + ": " + why));
    }
  }

  /** Counts by group, in the order in which they ran. */
  public Map<String, Count> counts() {
    return Map.copyOf(counts);
  }

  /** A line for each failed case of a group. */
  public List<String> failures(String group) {
    return lines(group, Verdict.UNSUPPORTED);
  }

  /** The same without the cases that call what Relata does not have. */
  public List<String> wrong(String group) {
    return lines(group, Verdict.FAILED);
  }

  private List<String> lines(String group, Verdict from) {
    return failures.getOrDefault(group, List.of()).stream()
        .filter(f -> f.verdict.compareTo(from) >= 0)
        .map(Failure::line)
        .toList();
  }

  /** The table that a run ends with. */
  public String table() {
    StringBuilder s = new StringBuilder();
    s.append("%-26s %8s %8s %15s%n".formatted("group", "passed", "failed", "not applicable"));
    counts.forEach(
        (group, c) ->
            s.append("%-26s %8d %8d %15d%n".formatted(group, c.passed, c.failed, c.notApplicable)));
    return s.toString();
  }

  /** Writes {@code {group: {passed, failed, notApplicable}}}. */
  public void write(Path json) throws IOException {
    Files.createDirectories(json.toAbsolutePath().getParent());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), counts);
  }

  /** Writes a line for each failed case. */
  public void writeFailures(Path text) throws IOException {
    List<String> lines = new ArrayList<>();
    failures.forEach((group, all) -> all.forEach(f -> lines.add(group + "  " + f.line)));
    Files.createDirectories(text.toAbsolutePath().getParent());
    Files.write(text, lines);
  }
}
