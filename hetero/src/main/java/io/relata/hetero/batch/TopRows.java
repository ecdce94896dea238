package io.relata.hetero.batch;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Segments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The largest or smallest rows, or numbers of a column, of each graph, in order; of equal ones the
 * first. A graph with fewer than k is filled up with 0, index -1.
 *
 * @param values (graphs, k, D), with gradients
 * @param indices position within the graph, (graphs, k, D) where columns are sorted on their own,
 *     (graphs, k) where rows are sorted by one; INT32
 */
public record TopRows(Tensor values, Tensor indices) {

  static TopRows ofColumns(Segments segments, Tensor x, int k, boolean largest) {
    int width = check(x, k);
    int[] local = new int[Math.multiplyExact(Math.multiplyExact(segments.count(), k), width)];
    int[] rows = new int[local.length];
    double[] data = x.toDoubleArray();
    int numbers = data.length;
    forEachSegment(
        segments,
        (s, start, length) -> {
          for (int c = 0; c < width; c++) {
            int[] order = order(data, start, length, width, c, largest);
            for (int i = 0; i < k; i++) {
              int at = (s * k + i) * width + c;
              local[at] = i < length ? order[i] : -1;
              rows[at] = i < length ? (start + order[i]) * width + c : numbers;
            }
          }
        });
    Tensor values = padded(x.reshape(numbers), rows).reshape(segments.count(), k, width);
    return new TopRows(values, x.relata().tensor(local, segments.count(), k, width));
  }

  static TopRows byColumn(Segments segments, Tensor x, int k, boolean largest, int sortBy) {
    int width = check(x, k);
    int column = sortBy < 0 ? sortBy + width : sortBy;
    if (column < 0 || column >= width) {
      throw RelataException.of(ErrorId.AXIS, "There is no such column to sort by")
          .where("topk")
          .expected("a column from " + -width + " to " + (width - 1))
          .found(Integer.toString(sortBy))
          .build();
    }
    int[] local = new int[Math.multiplyExact(segments.count(), k)];
    int[] rows = new int[local.length];
    double[] data = x.toDoubleArray();
    forEachSegment(
        segments,
        (s, start, length) -> {
          int[] order = order(data, start, length, width, column, largest);
          for (int i = 0; i < k; i++) {
            local[s * k + i] = i < length ? order[i] : -1;
            rows[s * k + i] = i < length ? start + order[i] : segments.numRows();
          }
        });
    Tensor values = padded(x, rows).reshape(segments.count(), k, width);
    return new TopRows(values, x.relata().tensor(local, segments.count(), k));
  }

  @FunctionalInterface
  private interface SegmentVisitor {
    void visit(int segment, int start, int length);
  }

  private static void forEachSegment(Segments segments, SegmentVisitor visitor) {
    int start = 0;
    for (int s = 0; s < segments.count(); s++) {
      visitor.visit(s, start, segments.length(s));
      start += segments.length(s);
    }
  }

  /** Rows of x by index; the one past the end is 0. */
  private static Tensor padded(Tensor x, int[] rows) {
    Tensor zero = x.relata().zeros(x.dtype(), x.shape().with(0, 1).dims());
    return Tensor.concat(0, x, zero).indexSelect(0, x.relata().tensor(rows));
  }

  private static int[] order(
      double[] data, int start, int length, int width, int column, boolean largest) {
    Comparator<Integer> byValue =
        Comparator.comparingDouble((Integer i) -> data[(start + i) * width + column]);
    Integer[] order = IntStream.range(0, length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, largest ? byValue.reversed() : byValue);
    return Arrays.stream(order).mapToInt(i -> i).toArray();
  }

  private static int check(Tensor x, int k) {
    if (x.shape().rank() != 2 || k < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "topk takes rows of numbers and a positive k")
          .where("topk")
          .expected("(rows, D) and k of at least 1")
          .found(x.shape() + " and " + k)
          .build();
    }
    return Math.toIntExact(x.dim(1));
  }
}
