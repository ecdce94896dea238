package io.relata.hetero.transform;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.Arrays;

/** Features of nodes and edges that follow from the structure alone. */
public final class Structure {
  private Structure() {}

  /**
   * For every edge 1 / in-degree of its destination, (E,) (DGL: {@code norm_by_dst}).
   *
   * @param dtype FLOAT32 or FLOAT64
   */
  public static Tensor inverseInDegrees(RelationView r, DType dtype) {
    Adjacency a = r.adjacency();
    return a.inverseInDegrees(dtype).indexSelect(0, a.dstIds());
  }

  /**
   * The probabilities that a random walk along out-edges is back where it started after 1 to k
   * steps, (N, k) FLOAT64 (V. P. Dwivedi and others, 2022; DGL: {@code random_walk_pe}). O(N k E).
   */
  public static Tensor returnProbabilities(HeteroGraph g, int k) {
    CompressedRows out = rows("returnProbabilities", g);
    int n = out.numRows();
    double[] result = new double[Math.multiplyExact(n, k)];
    for (int start = 0; start < n; start++) {
      double[] p = new double[n];
      p[start] = 1;
      for (int step = 0; step < k; step++) {
        double[] next = new double[n];
        for (int u = 0; u < n; u++) {
          if (p[u] != 0) {
            double share = p[u] / Math.max(1, out.degree(u));
            for (int slot = out.offsets()[u]; slot < out.offsets()[u + 1]; slot++) {
              next[out.columns()[slot]] += share;
            }
          }
        }
        p = next;
        result[start * k + step] = p[start];
      }
    }
    return g.relata().tensor(result, n, k);
  }

  /**
   * Steps along out-edges from a node to every node, -1 where none leads (DGL: {@code
   * shortest_dist}).
   */
  public static int[] distances(HeteroGraph g, int root) {
    CompressedRows out = rows("distances", g);
    if (root < 0 || root >= out.numRows()) {
      throw RelataException.of(ErrorId.NODE_ID, "There is no such node")
          .where("Structure.distances")
          .expected("0 to " + (out.numRows() - 1))
          .found(Integer.toString(root))
          .build();
    }
    return distances(out, root);
  }

  /** The same from every node, [from][to]. */
  public static int[][] distances(HeteroGraph g) {
    CompressedRows out = rows("distances", g);
    int[][] all = new int[out.numRows()][];
    Arrays.setAll(all, root -> distances(out, root));
    return all;
  }

  private static int[] distances(CompressedRows out, int root) {
    int[] distance = new int[out.numRows()];
    Arrays.fill(distance, -1);
    int[] queue = new int[distance.length];
    int end = 1;
    queue[0] = root;
    distance[root] = 0;
    for (int at = 0; at < end; at++) {
      int u = queue[at];
      for (int slot = out.offsets()[u]; slot < out.offsets()[u + 1]; slot++) {
        int v = out.columns()[slot];
        if (distance[v] < 0) {
          distance[v] = distance[u] + 1;
          queue[end++] = v;
        }
      }
    }
    return distance;
  }

  private static CompressedRows rows(String where, HeteroGraph g) {
    RelationView r = g.relation();
    SelfLoops.among("Structure." + where, g, r.type().toString());
    return r.csr();
  }

  /**
   * The largest eigenvalue of I - D^-1/2 A D^-1/2, where D holds the in-degrees, at least 1 (DGL:
   * {@code laplacian_lambda_max}).
   *
   * @throws RelataException ARGUMENT for a graph whose edges do not all have a reverse, whose
   *     eigenvalues need not be real
   */
  public static double largestLaplacianEigenvalue(HeteroGraph g) {
    CompressedRows out = rows("largestLaplacianEigenvalue", g);
    CompressedRows in = g.relation().csc();
    int n = out.numRows();
    double[] scale = new double[n];
    for (int v = 0; v < n; v++) {
      int[] from = Arrays.copyOfRange(in.columns(), in.offsets()[v], in.offsets()[v + 1]);
      int[] to = Arrays.copyOfRange(out.columns(), out.offsets()[v], out.offsets()[v + 1]);
      Arrays.sort(from);
      Arrays.sort(to);
      if (!Arrays.equals(from, to)) {
        throw RelataException.of(ErrorId.ARGUMENT, "Only a symmetric Laplacian has a largest value")
            .where("Structure.largestLaplacianEigenvalue, node " + v)
            .expected("every edge as often as its reverse")
            .found("edges from " + Arrays.toString(from) + " and to " + Arrays.toString(to))
            .remedy("Reversal.toBidirected(graph)")
            .build();
      }
      scale[v] = 1 / Math.sqrt(Math.max(1, in.degree(v)));
    }
    return Lanczos.largest(
        n,
        x -> {
          double[] y = x.clone();
          for (int v = 0; v < n; v++) {
            for (int slot = in.offsets()[v]; slot < in.offsets()[v + 1]; slot++) {
              int u = in.columns()[slot];
              y[v] -= scale[v] * x[u] * scale[u];
            }
          }
          return y;
        });
  }
}
