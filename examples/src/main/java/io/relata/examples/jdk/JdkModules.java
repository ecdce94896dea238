package io.relata.examples.jdk;

import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.data.Progress;
import io.relata.data.jdk.JdkClassGraph;
import io.relata.examples.report.ConsoleReport;
import io.relata.examples.report.HtmlReport;
import io.relata.examples.report.RunReport;
import io.relata.examples.report.SummaryJson;
import io.relata.examples.report.TrainingProgress;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.LayerContext;
import io.relata.nn.loss.Losses;
import io.relata.nn.metric.ConfusionMatrix;
import io.relata.nn.metric.Metrics;
import io.relata.nn.optim.Adam;
import io.relata.nn.train.EarlyStopping;
import io.relata.nn.train.EpochReport;
import io.relata.nn.train.Trainer;
import io.relata.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns which module of the JDK a class belongs to, from how classes use each other, and shows
 * what the graph is worth: the same network without edges and the majority class stand beside it.
 * Needs no download; the data are the classes of the running JVM.
 *
 * <p>System properties: {@code relata.example.epochs}, {@code relata.example.width}, {@code
 * relata.example.seed}, {@code relata.example.out} (folder).
 */
public final class JdkModules {
  private static final int EPOCHS = Integer.getInteger("relata.example.epochs", 80);
  private static final int WIDTH = Integer.getInteger("relata.example.width", 32);
  private static final long SEED = Long.getLong("relata.example.seed", JdkClassGraph.DEFAULT_SEED);
  private static final double RATE = 0.02;
  private static final double DROPOUT = 0.5;
  private static final double DECAY = 1e-3;

  private final Relata relata;
  private final JdkClassGraph jdk;
  private final HeteroGraph graph;
  private final Tensor labels;
  private final Tensor train;
  private final Tensor validation;
  private final Tensor test;

  /** What one training gave. */
  private record Outcome(List<RunReport.Epoch> epochs, ConfusionMatrix test, int[] predicted) {}

  private JdkModules(Relata relata, JdkClassGraph jdk) {
    this.relata = relata;
    this.jdk = jdk;
    this.graph = JdkHeteroGraph.of(relata, jdk);
    this.labels = relata.tensor(jdk.labels());
    this.train = relata.tensor(jdk.trainNodes());
    this.validation = relata.tensor(jdk.valNodes());
    this.test = relata.tensor(jdk.testNodes());
  }

  /** Runs the example. */
  public static void main(String[] args) throws IOException {
    long start = System.nanoTime();
    Path out = Path.of(System.getProperty("relata.example.out", "target/jdk-modules"));
    try (Relata relata = Relata.open()) {
      JdkClassGraph jdk = JdkClassGraph.read(SEED, Progress.NONE);
      JdkModules run = new JdkModules(relata, jdk);
      double load = seconds(start);
      ConsoleReport console = new ConsoleReport(System.out);
      console.data(run.dataSet());
      Outcome withGraph = run.train("with the graph", true);
      Outcome without = run.train("without edges", false);
      RunReport report = run.report(withGraph, without, load, seconds(start));
      console.results(report);
      HtmlReport.write(report, out.resolve("report.html"));
      SummaryJson.write(report, out.resolve("summary.json"));
      System.out.println("Report: " + out.resolve("report.html").toAbsolutePath());
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  // ---- training ----

  private Outcome train(String task, boolean useEdges) {
    relata.seed(SEED);
    LayerContext context = LayerContext.of(relata);
    int classes = jdk.moduleNames().size();
    Rgcn model =
        useEdges
            ? Rgcn.withEdges(context, graph, WIDTH, classes, DROPOUT)
            : Rgcn.withoutEdges(context, graph, WIDTH, classes, DROPOUT);
    Adam adam = new Adam(model.parameters(), RATE, Adam.Options.DEFAULT.withWeightDecay(DECAY));
    List<RunReport.Epoch> epochs = new ArrayList<>();
    try (TrainingProgress progress = TrainingProgress.start(task, EPOCHS)) {
      Trainer.of(model, adam)
          .loss(() -> Losses.crossEntropy(model.forward(graph), labels, train))
          .evaluate(() -> accuracies(model))
          .earlyStopping(EarlyStopping.maximize("validation", EPOCHS))
          .listener(
              new TrainingListener() {
                @Override
                public void onEpoch(EpochReport r) {
                  RunReport.Epoch epoch =
                      new RunReport.Epoch(
                          r.epoch(),
                          r.loss(),
                          r.metrics().get("train"),
                          r.metrics().get("validation"),
                          r.seconds());
                  epochs.add(epoch);
                  progress.done(epoch);
                }
              })
          .run(EPOCHS);
    }
    try (Scope _ = relata.scope();
        NoGrad _ = new NoGrad()) {
      Tensor scores = model.forward(graph);
      return new Outcome(
          epochs, ConfusionMatrix.of(scores, labels, test), scores.argmax(1).toIntArray());
    }
  }

  private Map<String, Double> accuracies(Rgcn model) {
    Tensor scores = model.forward(graph);
    Map<String, Double> m = new LinkedHashMap<>();
    m.put("train", Metrics.accuracy(scores, labels, train));
    m.put("validation", Metrics.accuracy(scores, labels, validation));
    return m;
  }

  // ---- report ----

  private RunReport.DataSet dataSet() {
    List<RunReport.NodeType> types =
        graph.nodeTypes().stream().map(t -> new RunReport.NodeType(t, graph.numNodes(t))).toList();
    List<RunReport.Relation> relations = graph.edgeTypes().stream().map(this::relation).toList();
    return new RunReport.DataSet("Classes of JDK " + jdk.jdkVersion(), types, relations);
  }

  private RunReport.Relation relation(EdgeType t) {
    int edges = graph.numEdges(t.toString());
    return JdkHeteroGraph.isReverse(t)
        ? RunReport.Relation.reverse(t.source(), t.relation(), t.destination(), edges)
        : RunReport.Relation.of(t.source(), t.relation(), t.destination(), edges);
  }

  private RunReport report(Outcome graphOutcome, Outcome noEdges, double load, double total) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("layers", "2 relational graph convolutions, mean per relation, sum of relations");
    settings.put("width", Integer.toString(WIDTH));
    settings.put("epochs", Integer.toString(EPOCHS));
    settings.put("optimiser", "Adam, rate " + RATE + ", weight decay " + DECAY);
    settings.put("dropout", Double.toString(DROPOUT));
    settings.put("baseline", "the same layers without relations, given structural features");
    return new RunReport(
        "Which module does a class belong to?",
        "Predicts the module of each class of the JDK from how classes use each other.",
        "module",
        dataSet(),
        new RunReport.Split(jdk.trainNodes().length, jdk.valNodes().length, jdk.testNodes().length),
        graphOutcome.epochs,
        noEdges.epochs,
        new RunReport.Results(
            graphOutcome.test.accuracy(),
            graphOutcome.test.macroF1(),
            majority(),
            noEdges.test.accuracy()),
        classes(graphOutcome, noEdges),
        RunReport.Environment.ofThisJvm(
            version(),
            SEED,
            relata.backend().id(),
            relata.backend().description(),
            relata.explain().lines().toList(),
            settings),
        RunReport.Timings.of(load, graphOutcome.epochs, total));
  }

  private static String version() {
    String v = Relata.class.getPackage().getImplementationVersion();
    return v == null ? "development" : v;
  }

  /** Test accuracy of always naming the most frequent module of the training split. */
  private double majority() {
    int[] counts = new int[jdk.moduleNames().size()];
    for (int node : jdk.trainNodes()) {
      counts[jdk.labels()[node]]++;
    }
    int best = 0;
    for (int c = 1; c < counts.length; c++) {
      best = counts[c] > counts[best] ? c : best;
    }
    int label = best;
    return Arrays.stream(jdk.testNodes()).filter(n -> jdk.labels()[n] == label).count()
        / (double) jdk.testNodes().length;
  }

  private List<RunReport.ClassResult> classes(Outcome graphOutcome, Outcome noEdges) {
    int n = jdk.moduleNames().size();
    int[] count = new int[n];
    int[] right = new int[n];
    int[] rightWithout = new int[n];
    for (int node : jdk.testNodes()) {
      int label = jdk.labels()[node];
      count[label]++;
      right[label] += graphOutcome.predicted[node] == label ? 1 : 0;
      rightWithout[label] += noEdges.predicted[node] == label ? 1 : 0;
    }
    List<RunReport.ClassResult> results = new ArrayList<>();
    for (int c = 0; c < n; c++) {
      results.add(
          new RunReport.ClassResult(jdk.moduleNames().get(c), count[c], right[c], rightWithout[c]));
    }
    return results;
  }
}
