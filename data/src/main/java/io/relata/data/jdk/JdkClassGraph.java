package io.relata.data.jdk;

import io.relata.data.DataSetException;
import io.relata.data.EdgeList;
import io.relata.data.Progress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The class graph of the running JVM: a data set that every machine with Java has, for the task of
 * telling which module a class belongs to.
 *
 * <p>Nodes of type {@code class} stand in the order of the class names; nodes of type {@code shape}
 * are the erased method descriptors that at least two classes declare. Edges are read from the
 * class files; targets outside the image and edges from a class to itself are left out, and each
 * edge occurs once in a relation, sorted by source and destination. Neither edges, shapes nor
 * features carry a package's or module's name: {@code classNames} is for display, and not for a
 * model.
 *
 * <p>The same JVM and seed give the same data set, however many threads read it. The arrays are not
 * copied: whoever reads them must not write to them.
 *
 * @param jdkVersion the JVM's version, {@code java.runtime.version}
 * @param seed seed of the split
 * @param classNames binary names with slashes, sorted, (N)
 * @param shapeNames shapes of methods, such as {@code (LI)V}, sorted, (S)
 * @param moduleNames names of the modules that have classes, sorted, (C)
 * @param labels module of each class, an index into {@code moduleNames}, (N)
 * @param topLevel for each class the index of the first class of its group, (N); a group is a
 *     top-level class with all that is nested in it, and is never split
 * @param trainNodes ids of the classes to train on, of 10 % of the groups, sorted
 * @param valNodes ids of the classes to validate on, of 10 % of the groups, sorted
 * @param testNodes ids of all other classes, sorted
 * @param edges one list a {@link Relation}, in the order of the enum
 * @param featureNames names of the {@link ClassFeature}s in lower case, (F)
 * @param features structural features, (N, F)
 */
public record JdkClassGraph(
    String jdkVersion,
    long seed,
    List<String> classNames,
    List<String> shapeNames,
    List<String> moduleNames,
    int[] labels,
    int[] topLevel,
    int[] trainNodes,
    int[] valNodes,
    int[] testNodes,
    List<EdgeList> edges,
    List<String> featureNames,
    float[][] features) {

  /** The type of the nodes that are classified. */
  public static final String CLASS = "class";

  /** The type of the nodes that are shapes of methods. */
  public static final String SHAPE = "shape";

  /** The seed of the split that published figures use. */
  public static final long DEFAULT_SEED = 42;

  private static final int TRAIN = 0;
  private static final int VALIDATION = 1;
  private static final int TEST = 2;

  public JdkClassGraph {
    classNames = List.copyOf(classNames);
    shapeNames = List.copyOf(shapeNames);
    moduleNames = List.copyOf(moduleNames);
    edges = List.copyOf(edges);
    featureNames = List.copyOf(featureNames);
  }

  /**
   * Reads the running JVM's classes and splits them with the default seed.
   *
   * @throws DataSetException if the JVM has no class files to read, or one is damaged
   */
  public static JdkClassGraph read() {
    return read(DEFAULT_SEED, Progress.NONE);
  }

  /**
   * Reads the running JVM's classes.
   *
   * @param seed seed of the split
   * @param progress is told how many classes have been read
   * @throws DataSetException if the JVM has no class files to read, or one is damaged
   */
  public static JdkClassGraph read(long seed, Progress progress) {
    return read(ModuleImage.ofRunningJvm(), seed, progress);
  }

  static JdkClassGraph read(ModuleImage image, long seed, Progress progress) {
    List<ClassFacts> classes = image.read(progress);
    List<String> names = classes.stream().map(ClassFacts::name).toList();
    List<String> shapes = sharedShapes(classes);
    Map<String, Integer> classIndex = indexOf(names);
    Map<String, Integer> shapeIndex = indexOf(shapes);
    List<String> modules = classes.stream().map(ClassFacts::module).distinct().sorted().toList();
    int[] topLevel = TopLevelClasses.of(classes, classIndex);
    int[] partOf = split(topLevel, seed);
    return new JdkClassGraph(
        System.getProperty("java.runtime.version"),
        seed,
        names,
        shapes,
        modules,
        classes.stream().mapToInt(c -> modules.indexOf(c.module())).toArray(),
        topLevel,
        nodesIn(partOf, TRAIN),
        nodesIn(partOf, VALIDATION),
        nodesIn(partOf, TEST),
        Arrays.stream(Relation.values())
            .map(r -> edges(r, classes, r.targetType().equals(SHAPE) ? shapeIndex : classIndex))
            .toList(),
        Arrays.stream(ClassFeature.values()).map(f -> f.name().toLowerCase(Locale.ROOT)).toList(),
        classes.stream().map(ClassFacts::features).toArray(float[][]::new));
  }

  /** Returns N, the number of classes. */
  public int numClasses() {
    return classNames.size();
  }

  /** Returns S, the number of shapes. */
  public int numShapes() {
    return shapeNames.size();
  }

  /** Returns the edges of a relation. */
  public EdgeList edges(Relation relation) {
    return edges.get(relation.ordinal());
  }

  private static List<String> sharedShapes(List<ClassFacts> classes) {
    Map<String, Integer> uses = new HashMap<>();
    for (ClassFacts facts : classes) {
      for (String shape : facts.targets().getOrDefault(Relation.DECLARES, Set.of())) {
        uses.merge(shape, 1, Integer::sum);
      }
    }
    return uses.keySet().stream().filter(shape -> uses.get(shape) > 1).sorted().toList();
  }

  private static Map<String, Integer> indexOf(List<String> names) {
    Map<String, Integer> index = HashMap.newHashMap(names.size());
    for (int i = 0; i < names.size(); i++) {
      // Two modules can hide classes of one name, but no JDK does that: the first one stands for
      // it.
      index.putIfAbsent(names.get(i), i);
    }
    return index;
  }

  private static EdgeList edges(
      Relation relation, List<ClassFacts> classes, Map<String, Integer> targetIndex) {
    IntStream.Builder src = IntStream.builder();
    IntStream.Builder dst = IntStream.builder();
    boolean withinClasses = relation.targetType().equals(CLASS);
    for (int i = 0; i < classes.size(); i++) {
      int self = i;
      classes.get(i).targets().getOrDefault(relation, Set.of()).stream()
          .map(targetIndex::get)
          .filter(target -> target != null && !(withinClasses && target == self))
          .sorted()
          .forEach(
              target -> {
                src.add(self);
                dst.add(target);
              });
    }
    return new EdgeList(
        CLASS,
        relation.label(),
        relation.targetType(),
        src.build().toArray(),
        dst.build().toArray());
  }

  /** Returns the part that each class falls in: its group's, by the place in a random order. */
  private static int[] split(int[] topLevel, long seed) {
    int[] groups = IntStream.range(0, topLevel.length).filter(i -> topLevel[i] == i).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = groups.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = groups[i];
      groups[i] = groups[j];
      groups[j] = swapped;
    }
    int tenth = Math.round(groups.length / 10f);
    int[] partOfGroup = new int[topLevel.length];
    for (int i = 0; i < groups.length; i++) {
      partOfGroup[groups[i]] = i < tenth ? TRAIN : i < 2 * tenth ? VALIDATION : TEST;
    }
    return Arrays.stream(topLevel).map(group -> partOfGroup[group]).toArray();
  }

  private static int[] nodesIn(int[] partOf, int part) {
    return IntStream.range(0, partOf.length).filter(i -> partOf[i] == part).toArray();
  }
}
