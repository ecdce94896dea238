package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** Graphs of points in space that lie near each other. Distances are Euclidean, in double. */
public final class PointClouds {
  private PointClouds() {}

  /**
   * Into each point an edge from each of its k nearest, itself included, nearest first; of equally
   * near ones the smaller id (DGL: {@code knn_graph}). O(N² (D + log k)).
   *
   * @param points (N, D)
   * @throws RelataException ARGUMENT for k beyond 1..N
   */
  public static HeteroGraph nearest(Tensor points, int k) {
    int n = count(points);
    if (k < 1 || k > n) {
      throw RelataException.of(ErrorId.ARGUMENT, "There are not so many neighbours")
          .where("PointClouds.nearest")
          .expected("k from 1 to " + n + ", the number of points")
          .found(Integer.toString(k))
          .build();
    }
    double[] x = points.toDoubleArray();
    int[] src = new int[Math.multiplyExact(n, k)];
    int[] dst = new int[src.length];
    record Near(double distance, int id) implements Comparable<Near> {
      // The farthest first; of equally far ones the larger id.
      @Override
      public int compareTo(Near o) {
        int byDistance = Double.compare(o.distance, distance);
        return byDistance != 0 ? byDistance : Integer.compare(o.id, id);
      }
    }
    for (int v = 0; v < n; v++) {
      PriorityQueue<Near> best = new PriorityQueue<>(k + 1);
      for (int u = 0; u < n; u++) {
        best.add(new Near(squared(x, n, u, v), u));
        if (best.size() > k) {
          best.poll();
        }
      }
      for (int i = k - 1; i >= 0; i--) {
        src[v * k + i] = best.remove().id;
        dst[v * k + i] = v;
      }
    }
    return HeteroGraph.homogeneous(points.relata(), n, src, dst);
  }

  /**
   * An edge each way between any two points whose distance is at most {@code radius}, ordered by
   * source, then destination (DGL: {@code radius_graph}).
   *
   * @param points (N, D)
   * @param loops whether a point has an edge to itself
   */
  public static HeteroGraph within(Tensor points, double radius, boolean loops) {
    int n = count(points);
    double[] x = points.toDoubleArray();
    IntStream.Builder src = IntStream.builder();
    IntStream.Builder dst = IntStream.builder();
    for (int u = 0; u < n; u++) {
      for (int v = 0; v < n; v++) {
        if ((loops || u != v) && squared(x, n, u, v) <= radius * radius) {
          src.add(u);
          dst.add(v);
        }
      }
    }
    return HeteroGraph.homogeneous(
        points.relata(), n, src.build().toArray(), dst.build().toArray());
  }

  private static int count(Tensor points) {
    if (points.shape().rank() != 2) {
      throw RelataException.of(ErrorId.SHAPE, "Points are rows of coordinates")
          .where("PointClouds")
          .expected("(N, D)")
          .found(points.shape().toString())
          .build();
    }
    return Math.toIntExact(points.dim(0));
  }

  private static double squared(double[] x, int n, int u, int v) {
    int d = x.length / n;
    double sum = 0;
    for (int i = 0; i < d; i++) {
      double difference = x[u * d + i] - x[v * d + i];
      sum += difference * difference;
    }
    return sum;
  }
}
