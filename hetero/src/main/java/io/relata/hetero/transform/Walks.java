package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.HeteroGraph;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Numbers of walks of k steps between the nodes of a homogeneous graph. */
public final class Walks {
  /** A sparse matrix of counts by rows; the entries of a row stand in any order. */
  private record Counts(int[][] columns, int[][] values) {}

  private Walks() {}

  /**
   * An edge for each walk of k steps (DGL: {@code khop_graph}); for k = 1 the graph itself, for k =
   * 0 a loop at every node. The order of edges is DGL's: by source, and inside a row that of
   * SciPy's sparse product, which the algorithm alone defines.
   */
  public static HeteroGraph graph(HeteroGraph g, int k) {
    int n = g.numNodes();
    if (k == 1) {
      return HeteroGraph.homogeneous(
          g.relata(), n, g.relation().adjacency().src(), g.relation().adjacency().dst());
    }
    Counts power = power(g, k);
    IntStream.Builder src = IntStream.builder();
    IntStream.Builder dst = IntStream.builder();
    for (int u = 0; u < n; u++) {
      for (int i = 0; i < power.columns[u].length; i++) {
        for (int copy = 0; copy < power.values[u][i]; copy++) {
          src.add(u);
          dst.add(power.columns[u][i]);
        }
      }
    }
    return HeteroGraph.homogeneous(g.relata(), n, src.build().toArray(), dst.build().toArray());
  }

  /** The number of walks of k steps from row to column, (N, N) FLOAT64 (DGL: {@code khop_adj}). */
  public static Tensor counts(HeteroGraph g, int k) {
    int n = g.numNodes();
    Counts power = power(g, k);
    double[] dense = new double[Math.multiplyExact(n, n)];
    for (int u = 0; u < n; u++) {
      for (int i = 0; i < power.columns[u].length; i++) {
        dense[u * n + power.columns[u][i]] += power.values[u][i];
      }
    }
    return g.relata().tensor(dense, n, n);
  }

  private static Counts power(HeteroGraph g, int k) {
    SelfLoops.among("Walks", g, g.relation().type().toString());
    if (k < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "A number of steps is negative")
          .where("Walks")
          .found(Integer.toString(k))
          .build();
    }
    if (k == 0) {
      int n = g.numNodes();
      int[][] diagonal = new int[n][];
      int[][] ones = new int[n][];
      Arrays.setAll(diagonal, v -> new int[] {v});
      Arrays.setAll(ones, _ -> new int[] {1});
      return new Counts(diagonal, ones);
    }
    return power(adjacency(g), k);
  }

  /** By squaring, as SciPy associates it. */
  private static Counts power(Counts a, int k) {
    if (k == 1) {
      return a;
    }
    Counts half = power(a, k / 2);
    return k % 2 == 1 ? product(product(a, half), half) : product(half, half);
  }

  /** Parallel edges counted together, columns ascending. */
  private static Counts adjacency(HeteroGraph g) {
    CompressedRows out = g.relation().csr();
    int n = out.numRows();
    int[][] columns = new int[n][];
    int[][] values = new int[n][];
    for (int u = 0; u < n; u++) {
      int[] row = Arrays.copyOfRange(out.columns(), out.offsets()[u], out.offsets()[u + 1]);
      Arrays.sort(row);
      columns[u] = Arrays.stream(row).distinct().toArray();
      values[u] = new int[columns[u].length];
      int at = 0;
      for (int v : row) {
        at += columns[u][at] == v ? 0 : 1;
        values[u][at]++;
      }
    }
    return new Counts(columns, values);
  }

  private static Counts product(Counts a, Counts b) {
    int n = a.columns.length;
    int[][] columns = new int[n][];
    int[][] values = new int[n][];
    int[] sums = new int[n];
    int[] touched = new int[n];
    for (int u = 0; u < n; u++) {
      int count = 0;
      for (int i = 0; i < a.columns[u].length; i++) {
        int middle = a.columns[u][i];
        for (int j = 0; j < b.columns[middle].length; j++) {
          int v = b.columns[middle][j];
          if (sums[v] == 0) {
            touched[count++] = v;
          }
          int more = Math.multiplyExact(a.values[u][i], b.values[middle][j]);
          sums[v] = Math.addExact(sums[v], more);
        }
      }
      columns[u] = new int[count];
      values[u] = new int[count];
      // Last touched first: SciPy keeps a linked list.
      for (int i = 0; i < count; i++) {
        int v = touched[count - 1 - i];
        columns[u][i] = v;
        values[u][i] = sums[v];
        sums[v] = 0;
      }
    }
    return new Counts(columns, values);
  }
}
