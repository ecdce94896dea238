package io.relata.data.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.data.EdgeList;
import io.relata.data.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JdkClassGraphTest {
  private static JdkClassGraph graph;
  private static final List<Long> REPORTS = new ArrayList<>();

  @BeforeAll
  static void readOnce() {
    graph = JdkClassGraph.read(JdkClassGraph.DEFAULT_SEED, (_, done, _) -> REPORTS.add(done));
  }

  @Test
  void theImageHasTheClassesAndModulesOfAFullJdk() {
    assertThat(graph.numClasses()).isGreaterThan(20_000);
    assertThat(graph.moduleNames()).hasSizeGreaterThan(50).contains("java.base").isSorted();
    assertThat(graph.classNames()).hasSize(graph.numClasses()).isSorted().doesNotHaveDuplicates();
    assertThat(graph.edges()).hasSize(Relation.values().length);
    assertThat(graph.edges(Relation.REFERENCES).size()).isGreaterThan(200_000);
    assertThat(graph.edges()).allSatisfy(edges -> assertThat(edges.size()).isGreaterThan(500));
  }

  @Test
  void progressRisesToTheNumberOfClasses() {
    assertThat(REPORTS).isSorted().hasSizeGreaterThan(10).endsWith((long) graph.numClasses());
  }

  @Test
  void twoReadsAreEqual() {
    JdkClassGraph again = JdkClassGraph.read();
    assertThat(again.classNames()).isEqualTo(graph.classNames());
    assertThat(again.shapeNames()).isEqualTo(graph.shapeNames());
    assertThat(again.moduleNames()).isEqualTo(graph.moduleNames());
    assertThat(again.labels()).isEqualTo(graph.labels());
    assertThat(again.topLevel()).isEqualTo(graph.topLevel());
    assertThat(again.trainNodes()).isEqualTo(graph.trainNodes());
    assertThat(again.valNodes()).isEqualTo(graph.valNodes());
    assertThat(again.testNodes()).isEqualTo(graph.testNodes());
    for (Relation relation : Relation.values()) {
      assertThat(again.edges(relation).src()).isEqualTo(graph.edges(relation).src());
      assertThat(again.edges(relation).dst()).isEqualTo(graph.edges(relation).dst());
    }
    assertThat(Arrays.deepEquals(again.features(), graph.features())).isTrue();
  }

  @Test
  void anotherSeedSplitsOtherwise() {
    JdkClassGraph other = JdkClassGraph.read(7, Progress.NONE);
    assertThat(other.trainNodes()).isNotEqualTo(graph.trainNodes());
    assertThat(other.labels()).isEqualTo(graph.labels());
  }

  @Test
  void knownFactsOfTheJdkAreEdges() {
    assertEdge("java/lang/String", Relation.IMPLEMENTS, "java/lang/Comparable");
    assertEdge("java/util/ArrayList", Relation.EXTENDS, "java/util/AbstractList");
    assertEdge("java/util/Map$Entry", Relation.NESTED_IN, "java/util/Map");
    assertEdge("java/lang/Thread", Relation.HAS_FIELD, "java/lang/ClassLoader");
    assertEdge("java/lang/Object", Relation.RETURNS, "java/lang/String");
    assertEdge("java/lang/Integer", Relation.TAKES, "java/lang/CharSequence");
    assertEdge("java/lang/Object", Relation.THROWS, "java/lang/InterruptedException");
    assertEdge("java/util/ArrayList", Relation.REFERENCES, "java/util/Arrays");
    assertEdge(
        "java/lang/FunctionalInterface", Relation.ANNOTATED_BY, "java/lang/annotation/Target");
  }

  @Test
  void anArrayCountsAsTheClassOfItsElements() {
    assertEdge("java/util/ArrayList", Relation.HAS_FIELD, "java/lang/Object");
    assertEdge("java/lang/Enum$EnumDesc", Relation.NESTED_IN, "java/lang/Enum");
    assertEdge("java/lang/ThreadGroup", Relation.TAKES, "java/lang/Thread");
  }

  @Test
  void anInterfaceDoesNotExtendObject() {
    EdgeList edges = graph.edges(Relation.EXTENDS);
    int comparable = graph.classNames().indexOf("java/lang/Comparable");
    assertThat(edges.src()).doesNotContain(comparable);
  }

  @Test
  void edgesAreSortedDistinctAndNeverLeadToThemselves() {
    for (EdgeList edges : graph.edges()) {
      for (int i = 0; i < edges.size(); i++) {
        if (edges.dstType().equals(JdkClassGraph.CLASS)) {
          assertThat(edges.src()[i]).isNotEqualTo(edges.dst()[i]);
        }
        if (i > 0 && edges.src()[i - 1] == edges.src()[i]) {
          assertThat(edges.dst()[i]).isGreaterThan(edges.dst()[i - 1]);
        } else if (i > 0) {
          assertThat(edges.src()[i]).isGreaterThan(edges.src()[i - 1]);
        }
      }
    }
  }

  @Test
  void noNestedClassIsInAnotherPartThanItsTopLevelClass() {
    int[] part = new int[graph.numClasses()];
    Arrays.fill(part, -1);
    List<int[]> parts = List.of(graph.trainNodes(), graph.valNodes(), graph.testNodes());
    for (int p = 0; p < parts.size(); p++) {
      for (int node : parts.get(p)) {
        assertThat(part[node]).as("%s is in one part", graph.classNames().get(node)).isEqualTo(-1);
        part[node] = p;
      }
    }
    EdgeList nested = graph.edges(Relation.NESTED_IN);
    for (int i = 0; i < nested.size(); i++) {
      assertThat(part[nested.src()[i]])
          .as(graph.classNames().get(nested.src()[i]))
          .isEqualTo(part[nested.dst()[i]]);
    }
    Map<String, Integer> partOfName = new HashMap<>();
    for (int node = 0; node < part.length; node++) {
      String name = graph.classNames().get(node);
      int known = partOfName.merge(name.split("(?<=[^/])\\$", 2)[0], part[node], (old, _) -> old);
      assertThat(part[node]).as(name).isEqualTo(known).isNotEqualTo(-1);
    }
  }

  @Test
  void theSplitIsTenTenEightyOverTopLevelClasses() {
    long groups = groupsOf(IntStream.range(0, graph.numClasses()).toArray()).size();
    assertThat(groupsOf(graph.trainNodes())).hasSize(Math.round(groups / 10f));
    assertThat(groupsOf(graph.valNodes())).hasSize(Math.round(groups / 10f));
    assertThat(groupsOf(graph.testNodes()).size()).isBetween((int) (groups * 0.79), (int) groups);
  }

  @Test
  void aGroupIsInOneModule() {
    for (int node = 0; node < graph.numClasses(); node++) {
      assertThat(graph.labels()[node]).isEqualTo(graph.labels()[graph.topLevel()[node]]);
    }
  }

  @Test
  void featuresAreFiniteAndNamedByStructureOnly() {
    assertThat(graph.featureNames()).hasSize(ClassFeature.values().length).contains("is_final");
    for (float[] row : graph.features()) {
      assertThat(row).hasSize(graph.featureNames().size());
      for (float value : row) {
        assertThat(value).isFinite().isNotNegative();
      }
    }
    assertThat(feature("java/lang/String", ClassFeature.IS_FINAL)).isEqualTo(1);
    assertThat(feature("java/util/List", ClassFeature.IS_INTERFACE)).isEqualTo(1);
    assertThat(feature("java/lang/Object", ClassFeature.CONSTRUCTORS))
        .isEqualTo((float) Math.log1p(1));
    assertThat(feature("java/lang/Comparable", ClassFeature.METHODS))
        .isEqualTo((float) Math.log1p(1));
  }

  @Test
  void noSingleFeatureTellsTheModuleApart() {
    // The best guess from one feature's value alone must stay far from the answer.
    for (ClassFeature feature : ClassFeature.values()) {
      Map<Float, int[]> modulesOfValue = new HashMap<>();
      for (int node = 0; node < graph.numClasses(); node++) {
        modulesOfValue
            .computeIfAbsent(
                graph.features()[node][feature.ordinal()],
                _ -> new int[graph.moduleNames().size()])[graph.labels()[node]]++;
      }
      int right =
          modulesOfValue.values().stream().mapToInt(c -> Arrays.stream(c).max().getAsInt()).sum();
      assertThat((double) right / graph.numClasses()).as(feature.name()).isLessThan(0.5);
    }
  }

  @Test
  void shapesHaveNoNamesAndAreDeclaredByTwoClassesOrMore() {
    assertThat(graph.shapeNames())
        .isSorted()
        .contains("()V", "(L)Z", "([BII)V")
        .allMatch(shape -> shape.matches("\\([\\[BCDFIJLSZ]*\\)[\\[BCDFIJLSVZ]+"));
    EdgeList declares = graph.edges(Relation.DECLARES);
    assertThat(declares.dstType()).isEqualTo(JdkClassGraph.SHAPE);
    int[] classesOfShape = new int[graph.numShapes()];
    for (int shape : declares.dst()) {
      classesOfShape[shape]++;
    }
    assertThat(Arrays.stream(classesOfShape).min().getAsInt()).isGreaterThan(1);
    int comparable = graph.classNames().indexOf("java/lang/Comparable");
    int[] shapes =
        IntStream.range(0, declares.size())
            .filter(i -> declares.src()[i] == comparable)
            .map(i -> declares.dst()[i])
            .toArray();
    assertThat(shapes).containsExactly(graph.shapeNames().indexOf("(L)I"));
  }

  private static void assertEdge(String source, Relation relation, String target) {
    int from = graph.classNames().indexOf(source);
    int to = graph.classNames().indexOf(target);
    assertThat(from).as(source).isNotNegative();
    assertThat(to).as(target).isNotNegative();
    EdgeList edges = graph.edges(relation);
    boolean found =
        IntStream.range(0, edges.size())
            .anyMatch(i -> edges.src()[i] == from && edges.dst()[i] == to);
    assertThat(found).as("%s %s %s", source, relation.label(), target).isTrue();
  }

  private static float feature(String name, ClassFeature feature) {
    return graph.features()[graph.classNames().indexOf(name)][feature.ordinal()];
  }

  private static Set<Integer> groupsOf(int[] nodes) {
    Set<Integer> groups = new HashSet<>();
    for (int node : nodes) {
      groups.add(graph.topLevel()[node]);
    }
    return groups;
  }
}
