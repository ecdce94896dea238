package io.relata.nn.pool;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Segments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The k nodes of each graph with the largest number, in falling order, each node's numbers sorted
 * upwards; zeros where a graph has fewer (Zhang et al., 2018; DGL: {@code SortPooling}). Of equal
 * nodes the one with the smaller id comes first. The order is found on the CPU.
 */
public final class SortPooling extends GraphPooling {
  private final int k;

  /**
   * Keeps k nodes.
   *
   * @throws RelataException ARGUMENT unless k is 1 or more
   */
  public SortPooling(int k) {
    if (k < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is nothing to keep")
          .where("SortPooling")
          .expected("k of 1 or more")
          .found(Integer.toString(k))
          .build();
    }
    this.k = k;
  }

  /** {@inheritDoc} The result has the shape (graphs, k · D). */
  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    requireRows(graphs, x);
    int width = Math.toIntExact(x.dim(1));
    double[] values = x.detach().to(DType.FLOAT64).toDoubleArray();
    int[][] sorted =
        IntStream.range(0, graphs.numRows())
            .mapToObj(v -> upwards(values, v * width, width))
            .toArray(int[][]::new);
    int[] picked = new int[Math.multiplyExact(graphs.count(), k * width)];
    // The number behind the last is a zero.
    Arrays.fill(picked, values.length);
    int start = 0;
    for (int s = 0; s < graphs.count() && width > 0; s++) {
      int[] nodes =
          IntStream.range(start, start + graphs.length(s))
              .boxed()
              .sorted(Comparator.comparingDouble(v -> -values[sorted[v][width - 1]]))
              .mapToInt(Integer::intValue)
              .limit(k)
              .toArray();
      for (int i = 0; i < nodes.length; i++) {
        System.arraycopy(sorted[nodes[i]], 0, picked, (s * k + i) * width, width);
      }
      start += graphs.length(s);
    }
    Tensor flat = Tensor.concat(0, x.reshape(x.size()), x.relata().zeros(x.dtype(), 1));
    Tensor y = flat.indexSelect(0, x.relata().tensor(picked, picked.length));
    return output(y.reshape(graphs.count(), (long) k * width), x);
  }

  private static int[] upwards(double[] values, int from, int width) {
    return IntStream.range(from, from + width)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  protected String describe() {
    return "k=" + k;
  }
}
