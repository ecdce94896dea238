package io.relata.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints a summary: every case with the ratios of the tools, then every goal. */
final class Report {
  /** Goals without figures that are named; a run of few groups has many. */
  private static final int NAMED = 6;

  private final Summary summary;
  private final PrintStream out;

  Report(Summary summary, PrintStream out) {
    this.summary = summary;
    this.out = out;
  }

  void print() {
    ratios();
    goals();
  }

  private void ratios() {
    line(
        "%n%-30s %-17s %5s %10s %8s %8s %9s %9s %9s",
        "case", "graph", "D", "Relata ms", "/ floor", "/ C++", "DGL's/", "PyTorch/", "ND4J/");
    for (Figure f : summary.figures()) {
      if (f.tool().equals(Tool.RELATA.id)) {
        line(
            "%-30s %-17s %5d %10.3f %8s %8s %9s %9s %9s",
            f.name(),
            f.graph(),
            f.dim(),
            f.medianMs(),
            over(f, other(f, Tool.FLOOR)),
            over(f, other(f, Tool.CPP)),
            over(other(f, Tool.DGL_LOOPS), f),
            over(other(f, Tool.PYTORCH), f),
            over(other(f, Tool.ND4J), f));
      }
    }
    line(
        "Relata over floor and C++: smaller is better. DGL's loops, PyTorch and ND4J over Relata:"
            + " how many times faster Relata is. DGL's for gat_epoch: its loops alone.");
  }

  private Figure other(Figure f, Tool tool) {
    return summary.find(f.name(), f.graph(), f.dim(), tool);
  }

  private static String over(Figure a, Figure b) {
    return a == null || b == null
        ? "-"
        : String.format(Locale.ROOT, "%.2f", a.medianMs() / b.medianMs());
  }

  private void goals() {
    line(
        "%n%-26s %-17s %4s %8s %9s %8s  %-7s %s",
        "goal",
        "graph",
        "D",
        "ours",
        "by minima",
        "at most",
        "",
        "in multiples of C++ or DGL's loops, from");
    List<String> missing = new ArrayList<>();
    for (Goal g : Goal.all()) {
      Double ours = g.measured(summary);
      if (ours == null) {
        missing.add(g.name() + " on " + g.graph() + ", D = " + g.dim());
        continue;
      }
      line(
          "%-26s %-17s %4d %8.2f %9.2f %8.2f  %-7s %s",
          g.name(),
          g.graph(),
          g.dim(),
          ours,
          g.measuredByMinima(summary),
          g.multiple(),
          ours <= g.multiple() ? "met" : "NOT MET",
          g.origin());
    }
    Double relation = Goal.relationMs(summary);
    if (relation != null) {
      line(
          "%-26s %-17s %4d %5.1f us %9s %5.0f us  %s",
          "one more small relation",
          "small-relations",
          32,
          1000 * relation,
          "",
          1000 * Goal.RELATION_MS,
          relation < Goal.RELATION_MS ? "met" : "NOT MET");
    }
    if (!missing.isEmpty()) {
      int named = Math.min(missing.size(), NAMED);
      String more = missing.size() > named ? "; and " + (missing.size() - named) + " more" : "";
      line("Not measured in this run: %s%s.", String.join("; ", missing.subList(0, named)), more);
    }
    line(
        "cora_sage_epoch: no time of DGL's was taken, so its goal has no multiple. Memory and"
            + " growth: see the lines above.");
  }

  @FormatMethod
  private void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
