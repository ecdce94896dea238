package io.relata.examples.report;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The facts of one node classification run: the data, two trainings (with the graph and without its
 * edges), the figures on the test split, and what ran where. Accuracies are shares in [0, 1], times
 * are seconds. All parts are checked where they are made: a wrong one throws {@link
 * IllegalArgumentException}.
 *
 * @param title what was learnt, a few words
 * @param task one sentence: what is predicted, from what
 * @param label what a class of the classification is, in the singular, as "module"
 * @param dataSet the graph
 * @param split how many nodes each split has
 * @param graph the epochs of the model that sees the edges, in order
 * @param noEdges the epochs of the same model without edges, in order
 * @param results the figures on the test split
 * @param classes the test split class by class, in any order
 * @param environment what ran where
 * @param timings how long it took
 */
public record RunReport(
    String title,
    String task,
    String label,
    DataSet dataSet,
    Split split,
    List<Epoch> graph,
    List<Epoch> noEdges,
    Results results,
    List<ClassResult> classes,
    Environment environment,
    Timings timings) {

  public RunReport {
    graph = List.copyOf(graph);
    noEdges = List.copyOf(noEdges);
    classes = List.copyOf(classes);
  }

  /**
   * The schema of the graph with its counts.
   *
   * @param name how people call the data set
   */
  public record DataSet(String name, List<NodeType> nodeTypes, List<Relation> relations) {
    public DataSet {
      nodeTypes = List.copyOf(nodeTypes);
      relations = List.copyOf(relations);
      List<String> known = nodeTypes.stream().map(NodeType::name).toList();
      for (Relation relation : relations) {
        for (String end : List.of(relation.source(), relation.destination())) {
          if (!known.contains(end)) {
            throw new IllegalArgumentException(
                "Relation %s joins node type '%s', which the data set does not have; it has %s"
                    .formatted(relation.name(), end, known));
          }
        }
      }
    }

    /** Nodes of all types. */
    public long nodes() {
      return nodeTypes.stream().mapToLong(NodeType::count).sum();
    }

    /** Edges of all relations, reverses included. */
    public long edges() {
      return relations.stream().mapToLong(Relation::edges).sum();
    }
  }

  /** A node type and how many nodes it has. */
  public record NodeType(String name, long count) {
    public NodeType {
      requireCount("nodes of type " + name, count);
    }
  }

  /**
   * A canonical edge type (source type, name, destination type) and how many edges it has.
   *
   * @param reverse whether this relation only runs another one backwards; a picture of the schema
   *     leaves it out
   */
  public record Relation(
      String source, String name, String destination, long edges, boolean reverse) {
    public Relation {
      requireCount("edges of relation " + name, edges);
    }

    /** A relation of the data set. */
    public static Relation of(String source, String name, String destination, long edges) {
      return new Relation(source, name, destination, edges, false);
    }

    /** A relation that runs another one backwards, {@code source} being that one's destination. */
    public static Relation reverse(String source, String name, String destination, long edges) {
      return new Relation(source, name, destination, edges, true);
    }
  }

  /** Nodes of the labelled type in each split. */
  public record Split(int train, int validation, int test) {
    public Split {
      requireCount("training nodes", train);
      requireCount("validation nodes", validation);
      requireCount("test nodes", test);
    }
  }

  /**
   * One pass over the training nodes. The figures may be NaN where training went astray; a chart
   * shows a gap there.
   *
   * @param epoch its number, from 0
   * @param loss the loss on the training split before the step
   * @param seconds what the pass took, evaluation included
   */
  public record Epoch(
      int epoch, double loss, double trainAccuracy, double validationAccuracy, double seconds) {}

  /**
   * The figures on the test split.
   *
   * @param testAccuracy share of test nodes that the model with edges gets right
   * @param macroF1 mean of the classes' F1 scores, every class with equal weight
   * @param majorityAccuracy what always naming the most frequent class gets
   * @param noEdgesAccuracy what the same model gets without edges
   */
  public record Results(
      double testAccuracy, double macroF1, double majorityAccuracy, double noEdgesAccuracy) {
    public Results {
      requireShare("testAccuracy", testAccuracy);
      requireShare("macroF1", macroF1);
      requireShare("majorityAccuracy", majorityAccuracy);
      requireShare("noEdgesAccuracy", noEdgesAccuracy);
    }
  }

  /**
   * One class of the test split.
   *
   * @param count its test nodes
   * @param correct how many of them the model with edges gets right
   * @param noEdgesCorrect how many of them the model without edges gets right
   */
  public record ClassResult(String name, int count, int correct, int noEdgesCorrect) {
    public ClassResult {
      requireCount("test nodes of class " + name, count);
      requireCount("correct nodes of class " + name, correct);
      requireCount("correct nodes without edges of class " + name, noEdgesCorrect);
      if (Math.max(correct, noEdgesCorrect) > count) {
        throw new IllegalArgumentException(
            "Class %s has %d test nodes, but %d (graph) and %d (no edges) are said to be right"
                .formatted(name, count, correct, noEdgesCorrect));
      }
    }

    /** Share that the model with edges gets right; NaN for a class without test nodes. */
    public double accuracy() {
      return (double) correct / count;
    }

    /** Share that the model without edges gets right; NaN for a class without test nodes. */
    public double noEdgesAccuracy() {
      return (double) noEdgesCorrect / count;
    }
  }

  /**
   * What ran where.
   *
   * @param relata the version of Relata
   * @param jdk version and vendor of the running JDK
   * @param os name, version and architecture
   * @param cpus processors that the JVM may use
   * @param backend id of the backend
   * @param backendDescription what the backend says of itself
   * @param kernels the lines that tell which kernels ran
   * @param hyperParameters name to value, in the order to be shown in
   */
  public record Environment(
      String relata,
      String jdk,
      String os,
      int cpus,
      long seed,
      String backend,
      String backendDescription,
      List<String> kernels,
      Map<String, String> hyperParameters) {
    public Environment {
      kernels = List.copyOf(kernels);
      hyperParameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperParameters));
    }

    /** Describes a run in this JVM. */
    public static Environment ofThisJvm(
        String relata,
        long seed,
        String backend,
        String backendDescription,
        List<String> kernels,
        Map<String, String> hyperParameters) {
      return new Environment(
          relata,
          System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vendor"),
          "%s %s, %s"
              .formatted(
                  System.getProperty("os.name"),
                  System.getProperty("os.version"),
                  System.getProperty("os.arch")),
          Runtime.getRuntime().availableProcessors(),
          seed,
          backend,
          backendDescription,
          kernels,
          hyperParameters);
    }
  }

  /**
   * How long the run took.
   *
   * @param loadSeconds reading the data and building the graph
   * @param epochSeconds the median epoch of the model with edges
   * @param totalSeconds the whole program
   */
  public record Timings(double loadSeconds, double epochSeconds, double totalSeconds) {
    /** The timings of a run with these epochs; the median epoch of none is NaN. */
    public static Timings of(double loadSeconds, List<Epoch> graph, double totalSeconds) {
      double[] sorted = graph.stream().mapToDouble(Epoch::seconds).sorted().toArray();
      int n = sorted.length;
      double median =
          n == 0
              ? Double.NaN
              : Arrays.stream(sorted, (n - 1) / 2, n / 2 + 1).average().orElseThrow();
      return new Timings(loadSeconds, median, totalSeconds);
    }
  }

  private static void requireShare(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "%s is a share between 0 and 1, not %s".formatted(what, value));
    }
  }

  private static void requireCount(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "The number of %s is 0 or more, not %d".formatted(what, value));
    }
  }
}
