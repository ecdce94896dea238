package io.relata.examples.report;

import io.relata.examples.report.RunReport.ClassResult;
import io.relata.examples.report.RunReport.DataSet;
import io.relata.examples.report.RunReport.Environment;
import io.relata.examples.report.RunReport.Epoch;
import io.relata.examples.report.RunReport.NodeType;
import io.relata.examples.report.RunReport.Relation;
import io.relata.examples.report.RunReport.Results;
import io.relata.examples.report.RunReport.Split;
import io.relata.examples.report.RunReport.Timings;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An invented run of the size of the real demo, to try the reports with. */
final class SampleReport {
  private static final String[] RELATIONS = {
    "extends",
    "implements",
    "hasField",
    "returns",
    "takes",
    "throws",
    "references",
    "annotatedBy",
    "nestedIn"
  };
  private static final int[] EDGES = {
    26_981, 15_310, 61_204, 74_390, 98_775, 9_120, 268_101, 4_877, 12_406
  };

  private SampleReport() {}

  /** Writes samples into the folder named first, to look at them in a browser. */
  static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    RunReport report = of(modules());
    HtmlReport.write(report, folder.resolve("one-type.html"));
    HtmlReport.write(withDataSet(report, severalTypes()), folder.resolve("several-types.html"));
    List<String> hostile = new ArrayList<>(modules());
    hostile.set(0, "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>");
    HtmlReport.write(of(hostile), folder.resolve("hostile.html"));
    SummaryJson.write(report, folder.resolve("summary.json"));
    ConsoleReport console = new ConsoleReport(System.out);
    console.data(report.dataSet());
    try (TrainingProgress progress = TrainingProgress.start("graph", report.graph().size())) {
      for (Epoch epoch : report.graph()) {
        Thread.sleep(20);
        progress.done(epoch);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    console.results(report);
  }

  static List<String> modules() {
    return ModuleFinder.ofSystem().findAll().stream()
        .map(module -> module.descriptor().name())
        .sorted()
        .toList();
  }

  static RunReport of(List<String> classNames) {
    Random random = new Random(7);
    List<ClassResult> classes = new ArrayList<>();
    for (String name : classNames) {
      int count = (int) Math.exp(1 + 7 * random.nextDouble());
      double share = Math.min(0.99, 0.45 + 0.06 * Math.log(count) + 0.2 * random.nextGaussian());
      int correct = (int) (count * Math.max(0, share));
      int noEdges = (int) (correct * Math.max(0, Math.min(1, 0.55 + 0.3 * random.nextGaussian())));
      classes.add(new ClassResult(name, count, correct, noEdges));
    }
    List<Epoch> graph = epochs(random, 0.35, 0.86, 14);
    Map<String, String> hyperParameters = new LinkedHashMap<>();
    hyperParameters.put("Layers", "2 × RelGraphConv, 32 wide, ReLU, dropout 0.2");
    hyperParameters.put("Optimizer", "Adam, learning rate 0.01, weight decay 5e-4");
    return new RunReport(
        "Which module does a JDK class belong to?",
        "A relational graph network reads how the classes of this JDK extend, call and annotate"
            + " each other and tells the module of each from 10 % known answers; it sees no package"
            + " name.",
        "module",
        new DataSet("JDK class graph", List.of(new NodeType("class", 27_431)), relations()),
        new Split(2_743, 2_743, 21_945),
        graph,
        epochs(random, 1.35, 0.58, 20),
        new Results(0.8312, 0.7046, 0.2793, 0.5671),
        classes,
        Environment.ofThisJvm(
            "0.1.0-SNAPSHOT",
            42,
            "cpu",
            "Vector API 256 bit, OpenBLAS 0.3.31, 2 threads",
            List.of(
                "extends       copy_u+sum  CSR by destination, 64 row blocks, float32 × 8 lanes",
                "references    copy_u+sum  CSR by destination, 64 row blocks, float32 × 8 lanes",
                "dense         sgemm       OpenBLAS 0.3.31 (SkylakeX), 2 threads"),
            hyperParameters),
        Timings.of(3.42, graph, 48.9));
  }

  static RunReport withDataSet(RunReport report, DataSet dataSet) {
    return new RunReport(
        report.title(),
        report.task(),
        report.label(),
        dataSet,
        report.split(),
        report.graph(),
        report.noEdges(),
        report.results(),
        report.classes(),
        report.environment(),
        report.timings());
  }

  private static List<Relation> relations() {
    List<Relation> relations = new ArrayList<>();
    for (int i = 0; i < RELATIONS.length; i++) {
      relations.add(Relation.of("class", RELATIONS[i], "class", EDGES[i]));
    }
    for (int i = 0; i < RELATIONS.length; i++) {
      relations.add(Relation.reverse("class", RELATIONS[i] + "⁻¹", "class", EDGES[i]));
    }
    return relations;
  }

  private static DataSet severalTypes() {
    return new DataSet(
        "JDK class graph",
        List.of(
            new NodeType("class", 27_431),
            new NodeType("method", 214_380),
            new NodeType("field", 98_112)),
        List.of(
            Relation.of("class", "extends", "class", 26_981),
            Relation.of("class", "implements", "class", 15_310),
            Relation.of("class", "nestedIn", "class", 12_406),
            Relation.of("class", "declares", "method", 214_380),
            Relation.of("method", "returns", "class", 150_120),
            Relation.of("method", "takes", "class", 230_009),
            Relation.of("method", "calls", "method", 903_233),
            Relation.of("class", "has", "field", 98_112),
            Relation.of("field", "ofType", "class", 71_006),
            Relation.of("method", "reads", "field", 310_552)));
  }

  private static List<Epoch> epochs(Random random, double floor, double best, double pace) {
    List<Epoch> epochs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double left = Math.exp(-i / pace);
      double wobble = 0.008 * random.nextGaussian();
      epochs.add(
          new Epoch(
              i,
              floor + (4.15 - floor) * left + Math.abs(wobble),
              best + 0.02 - (best - 0.2) * left + wobble,
              best - 0.02 - (best - 0.22) * left + wobble,
              0.21 + Math.abs(wobble)));
    }
    return epochs;
  }
}
