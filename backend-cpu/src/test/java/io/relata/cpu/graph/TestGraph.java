package io.relata.cpu.graph;

import io.relata.spi.Array;
import io.relata.spi.RowIndex;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** A graph as lists of edge ends, and its indices by destination and by source. */
record TestGraph(
    int sources,
    int destinations,
    int[] source,
    int[] destination,
    RowIndex index,
    RowIndex bySource) {

  /** The given edges, indexed; blocks of at least {@code blockEdges} edges. */
  static TestGraph of(
      int sources, int destinations, int[] source, int[] destination, int blockEdges) {
    return new TestGraph(
        sources,
        destinations,
        source,
        destination,
        index(sources, destinations, source, destination, blockEdges),
        index(destinations, sources, destination, source, blockEdges));
  }

  /** Edges grouped by {@code destination}. */
  private static RowIndex index(
      int sources, int destinations, int[] source, int[] destination, int blockEdges) {
    int m = source.length;
    int[] offsets = new int[destinations + 1];
    for (int d : destination) {
      offsets[d + 1]++;
    }
    for (int v = 0; v < destinations; v++) {
      offsets[v + 1] += offsets[v];
    }
    int[] next = offsets.clone();
    int[] columns = new int[m];
    int[] ids = new int[m];
    for (int e = 0; e < m; e++) {
      int slot = next[destination[e]]++;
      columns[slot] = source[e];
      ids[slot] = e;
    }
    IntStream.Builder blocks = IntStream.builder().add(0);
    int start = 0;
    for (int v = 1; v <= destinations; v++) {
      if (v == destinations || offsets[v] - offsets[start] >= blockEdges) {
        blocks.add(v);
        start = v;
      }
    }
    boolean identity = Arrays.equals(ids, IntStream.range(0, m).toArray());
    return new RowIndex(
        destinations,
        sources,
        m,
        TestArrays.ints(offsets),
        TestArrays.ints(columns),
        identity ? null : TestArrays.ints(ids),
        blocks.build().toArray());
  }

  /**
   * Random edges with hubs, nodes without edges, parallel edges and self loops.
   *
   * @param sorted edges ordered by destination, so that slots and ids are the same
   */
  static TestGraph random(long seed, int nodes, int edges, boolean sorted) {
    Random random = new Random(seed);
    int[] source = new int[edges];
    int[] destination = new int[edges];
    for (int e = 0; e < edges; e++) {
      // The square pulls towards node 0; the last nodes get nothing.
      double s = random.nextDouble();
      double d = random.nextDouble();
      source[e] = (int) (s * s * nodes);
      destination[e] = e % 17 == 0 ? source[e] : (int) (d * d * d * nodes * 0.8);
      if (e % 11 == 1) {
        source[e] = source[e - 1];
        destination[e] = destination[e - 1];
      }
    }
    if (sorted) {
      Arrays.sort(destination);
    }
    return of(nodes, nodes, source, destination, Math.max(1, edges / 9));
  }

  /**
   * Two nodes receive two thirds and a sixth of all edges, others the rest; blocks are so small
   * that both rows are heavy.
   *
   * @param sorted edges ordered by destination, so that slots and ids are the same
   */
  static TestGraph hubs(long seed, int nodes, int edges, boolean sorted) {
    Random random = new Random(seed);
    int[] source = random.ints(edges, 0, nodes).toArray();
    int[] destination = new int[edges];
    for (int e = 0; e < edges; e++) {
      destination[e] = e % 6 == 5 ? random.nextInt(nodes) : e % 6 == 4 ? nodes - 2 : 1;
    }
    if (sorted) {
      Arrays.sort(destination);
    }
    return of(nodes, nodes, source, destination, edges).inBlocks(50);
  }

  /** The same with that many blocks of equal work, some of them empty where a row is heavy. */
  TestGraph inBlocks(int count) {
    return new TestGraph(
        sources, destinations, source, destination, cut(index, count), cut(bySource, count));
  }

  private static RowIndex cut(RowIndex i, int count) {
    long work = (long) i.numRows() + i.numEdges();
    int[] blocks = new int[count + 1];
    int row = 0;
    for (int b = 1; b <= count; b++) {
      long wanted = work * b / count;
      while (row < i.numRows() && (b == count || row + TestArrays.get(i.offsets(), row) < wanted)) {
        row++;
      }
      blocks[b] = row;
    }
    return new RowIndex(
        i.numRows(), i.numColumns(), i.numEdges(), i.offsets(), i.columns(), i.edgeIds(), blocks);
  }

  Array sourceArray() {
    return TestArrays.ints(source);
  }
}
