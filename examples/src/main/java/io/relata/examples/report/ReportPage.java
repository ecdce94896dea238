package io.relata.examples.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What the page's template shows: every figure as the text that a reader sees. The names of the
 * components are the names in {@code report.html}, which escapes all values but the parts that are
 * code.
 */
record ReportPage(
    RunReport report,
    String testAccuracy,
    String macroF1,
    String verdict,
    List<Model> models,
    String nodes,
    String edges,
    int relations,
    String reverseNote,
    String epochSeconds,
    String totalSeconds,
    List<Share> split,
    List<TypeRow> typeRows,
    List<RelationRow> relationRows,
    List<ClassRow> classRows,
    int classCount,
    List<Fact> facts,
    boolean hasKernels,
    String echartsVersion,
    Code code) {

  /** A model's test accuracy, as a text and as a bar's width in percent. */
  record Model(String name, String accuracy, String width, String style) {}

  /** A part of the labelled nodes. */
  record Share(String name, String count, String width, String style) {}

  record TypeRow(String name, String count) {}

  record RelationRow(
      String source, String name, String destination, String count, boolean reverse) {}

  record ClassRow(String name, String count, String accuracy, String noEdgesAccuracy) {}

  /** A line of the table of what was run. */
  record Fact(String name, String value) {}

  /** What the template takes in without escaping. */
  record Code(String css, String echarts, String script, String json) {}

  static ReportPage of(RunReport report, String echartsVersion, Code code) {
    RunReport.Results results = report.results();
    RunReport.DataSet data = report.dataSet();
    long reverses = data.relations().stream().filter(RunReport.Relation::reverse).count();
    return new ReportPage(
        report,
        Figures.percent(results.testAccuracy()),
        String.format(Locale.ROOT, "%.3f", results.macroF1()),
        verdict(results),
        List.of(
            model("Graph network", results.testAccuracy(), "graph"),
            model("Same network, no edges", results.noEdgesAccuracy(), "noedges"),
            model("Majority class", results.majorityAccuracy(), "majority")),
        Figures.count(data.nodes()),
        Figures.count(data.edges()),
        data.relations().size(),
        reverses == 0
            ? ""
            : "%d more relations run these backwards and are not drawn.".formatted(reverses),
        Figures.seconds(report.timings().epochSeconds()),
        Figures.seconds(report.timings().totalSeconds()),
        split(report.split()),
        data.nodeTypes().stream()
            .map(type -> new TypeRow(type.name(), Figures.count(type.count())))
            .toList(),
        data.relations().stream()
            .map(
                r ->
                    new RelationRow(
                        r.source(),
                        r.name(),
                        r.destination(),
                        Figures.count(r.edges()),
                        r.reverse()))
            .toList(),
        report.classes().stream()
            .sorted(
                Comparator.comparingInt(RunReport.ClassResult::count)
                    .reversed()
                    .thenComparing(RunReport.ClassResult::name))
            .map(
                c ->
                    new ClassRow(
                        c.name(),
                        Figures.count(c.count()),
                        Figures.percent(c.accuracy()),
                        Figures.percent(c.noEdgesAccuracy())))
            .toList(),
        report.classes().size(),
        facts(report),
        !report.environment().kernels().isEmpty(),
        echartsVersion,
        code);
  }

  private static String verdict(RunReport.Results results) {
    return "%s against the same network without edges, %s against always naming the largest class."
        .formatted(
            Figures.points(results.testAccuracy() - results.noEdgesAccuracy()),
            Figures.points(results.testAccuracy() - results.majorityAccuracy()));
  }

  private static Model model(String name, double accuracy, String style) {
    return new Model(name, Figures.percent(accuracy), width(accuracy), style);
  }

  private static List<Share> split(RunReport.Split split) {
    double all = Math.max(1, (double) split.train() + split.validation() + split.test());
    return List.of(
        new Share("train", Figures.count(split.train()), width(split.train() / all), "train"),
        new Share(
            "validation",
            Figures.count(split.validation()),
            width(split.validation() / all),
            "validation"),
        new Share("test", Figures.count(split.test()), width(split.test() / all), "test"));
  }

  private static String width(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  private static List<Fact> facts(RunReport report) {
    RunReport.Environment environment = report.environment();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Relata", environment.relata()));
    facts.add(new Fact("JDK", environment.jdk()));
    facts.add(
        new Fact("Machine", "%s, %d processors".formatted(environment.os(), environment.cpus())));
    facts.add(new Fact("Backend", environment.backend() + ": " + environment.backendDescription()));
    facts.add(new Fact("Seed", Long.toString(environment.seed())));
    environment.hyperParameters().forEach((name, value) -> facts.add(new Fact(name, value)));
    facts.add(new Fact("Epochs", Integer.toString(report.graph().size())));
    facts.add(new Fact("Median epoch", Figures.seconds(report.timings().epochSeconds())));
    facts.add(new Fact("Loading", Figures.seconds(report.timings().loadSeconds())));
    facts.add(new Fact("In all", Figures.seconds(report.timings().totalSeconds())));
    return List.copyOf(facts);
  }
}
