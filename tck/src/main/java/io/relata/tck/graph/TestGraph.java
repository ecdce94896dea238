package io.relata.tck.graph;

import io.relata.Relata;
import io.relata.graph.Adjacency;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The edges of one relation as plain lists, with the patterns that kernels get wrong: hubs,
 * isolated nodes, parallel edges, loops, no edges, no nodes.
 */
public record TestGraph(String name, int numSrc, int numDst, int[] src, int[] dst) {

  /**
   * Edges in random order between random nodes; some nodes stay alone where there are few edges.
   */
  public static TestGraph random(long seed, int numSrc, int numDst, int edges) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] src = IntStream.range(0, edges).map(_ -> random.nextInt(numSrc)).toArray();
    int[] dst = IntStream.range(0, edges).map(_ -> random.nextInt(numDst)).toArray();
    return new TestGraph(
        "random " + numSrc + "x" + numDst + ", " + edges + " edges", numSrc, numDst, src, dst);
  }

  /** Nine of ten edges enter node 1 and every third leaves node 0. */
  public static TestGraph hub(long seed, int nodes, int edges) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] src = new int[edges];
    int[] dst = new int[edges];
    for (int e = 0; e < edges; e++) {
      src[e] = e % 3 == 0 ? 0 : random.nextInt(nodes);
      dst[e] = e % 10 == 7 ? random.nextInt(nodes) : 1;
    }
    return new TestGraph("hub of " + edges + " edges", nodes, nodes, src, dst);
  }

  /** Small graphs of every pattern, for exhaustive checks. */
  public static List<TestGraph> small() {
    return List.of(
        random(1, 5, 4, 9),
        hub(2, 4, 11),
        new TestGraph(
            "parallel edges and loops",
            3,
            3,
            new int[] {2, 0, 0, 1, 0, 2},
            new int[] {2, 1, 1, 1, 1, 0}),
        new TestGraph("sorted by destination", 3, 3, new int[] {2, 0, 1}, new int[] {0, 0, 2}),
        new TestGraph("one edge", 1, 1, new int[] {0}, new int[] {0}),
        new TestGraph("no edges", 3, 2, new int[0], new int[0]),
        new TestGraph("no nodes", 0, 0, new int[0], new int[0]));
  }

  /** The index patterns of {@link MessageMatrixTck}, up to 60 nodes each. */
  public static List<TestGraph> patterns() {
    SplittableRandom random = new SplittableRandom(11);
    return List.of(
        of("regular", 24, 24, 72, e -> (e / 3 + e % 3 + 1) % 24, e -> e / 3),
        hub(12, 40, 120),
        of("isolated nodes", 60, 50, 25, e -> e * 7 % 20, e -> e * 5 % 12 + 20),
        of("parallel edges", 20, 20, 60, e -> e % 20, e -> e * 3 % 20),
        of("self-loops", 24, 24, 48, e -> e % 24, e -> e < 24 ? e : e * 5 % 24),
        of("shuffled edge ids", 30, 25, 90, _ -> random.nextInt(30), _ -> random.nextInt(25)),
        new TestGraph("no edges", 20, 21, new int[0], new int[0]),
        new TestGraph("no nodes", 0, 0, new int[0], new int[0]));
  }

  private static TestGraph of(
      String name, int numSrc, int numDst, int edges, IntUnaryOperator src, IntUnaryOperator dst) {
    int[] from = IntStream.range(0, edges).map(src).toArray();
    int[] to = IntStream.range(0, edges).map(dst).toArray();
    return new TestGraph(name, numSrc, numDst, from, to);
  }

  /** Number of edges. */
  public int numEdges() {
    return src.length;
  }

  /** The same as an index structure. */
  public Adjacency on(Relata relata) {
    return Adjacency.of(relata, name, numSrc, numDst, src, dst);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TestGraph g
        && numSrc == g.numSrc
        && numDst == g.numDst
        && Arrays.equals(src, g.src)
        && Arrays.equals(dst, g.dst);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(src) + 31 * Arrays.hashCode(dst);
  }

  @Override
  public String toString() {
    return name;
  }
}
