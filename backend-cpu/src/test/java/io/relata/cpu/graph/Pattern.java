package io.relata.cpu.graph;

import io.relata.spi.FeaturePlan;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Feature shapes of two operands and how they meet, by NumPy's rule. */
record Pattern(int[] lhs, int[] rhs, boolean dot) {

  static Pattern same(int... shape) {
    return new Pattern(shape, shape, false);
  }

  static Pattern of(int[] lhs, int[] rhs) {
    return new Pattern(lhs, rhs, false);
  }

  static Pattern dot(int... shape) {
    return new Pattern(shape, shape, true);
  }

  FeaturePlan plan() {
    int rank = Math.max(lhs.length, rhs.length);
    int[] l = pad(lhs, rank);
    int[] r = pad(rhs, rank);
    int[] shape = IntStream.range(0, rank).map(a -> l[a] == 1 ? r[a] : l[a]).toArray();
    int[] result = shape.clone();
    if (dot) {
      result[rank - 1] = 1;
    }
    return FeaturePlan.of(
        offsets(shape, l),
        size(l),
        offsets(shape, r),
        size(r),
        offsets(shape, result),
        size(result));
  }

  private static int[] pad(int[] shape, int rank) {
    int[] result = new int[rank];
    Arrays.fill(result, 1);
    System.arraycopy(shape, 0, result, rank - shape.length, shape.length);
    return result;
  }

  static int size(int[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  private static int[] offsets(int[] shape, int[] of) {
    return IntStream.range(0, size(shape))
        .map(
            j -> {
              int offset = 0;
              int stride = 1;
              for (int a = shape.length - 1, rest = j; a >= 0; rest /= shape[a], a--) {
                offset += of[a] == 1 ? 0 : rest % shape[a] * stride;
                stride *= of[a];
              }
              return offset;
            })
        .toArray();
  }

  @Override
  public String toString() {
    return Arrays.toString(lhs) + (dot ? " dot " : " with ") + Arrays.toString(rhs);
  }
}
