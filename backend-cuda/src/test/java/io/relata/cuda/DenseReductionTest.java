package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.ReduceOp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions, positions of extremes and softmax of the GPU give the CPU's numbers. */
class DenseReductionTest {
  /** (outer, n, inner). */
  private static final long[][] SIZES = {
    {1, 0, 1},
    {3, 0, 4},
    {0, 5, 2},
    {1, 1, 1},
    {7, 1, 3},
    {5, 31, 1},
    {5, 32, 1},
    {5, 33, 1},
    {100, 3, 1},
    {1000, 2, 5},
    {3, 1000, 1},
    {2, 1025, 1},
    {1, 70_000, 1},
    {2, 8195, 1},
    {1, 33, 32},
    {1, 1000, 7},
    {1, 20_000, 3},
    {2, 999, 33},
    {1, 40, 2000},
    {3, 31, 64},
    {3_000, 20, 1},
    {1, 20, 33_000}
  };

  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  private static double tolerance(DType type) {
    return type == DType.FLOAT32 ? 1e-5 : 1e-12;
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = ".*FLOAT16", mode = EnumSource.Mode.MATCH_NONE)
  void reductions(DType type) {
    for (long[] s : SIZES) {
      for (ReduceOp op : ReduceOp.values()) {
        boolean extreme = op == ReduceOp.MAX || op == ReduceOp.MIN;
        if (type == DType.BOOL && !extreme) {
          continue;
        }
        // A product of many numbers must stay within the type's range.
        Array x =
            op == ReduceOp.PROD && type.isFloating()
                ? DenseFixture.of(type, i -> i % 97 > 1 ? 1 : i % 97 == 0 ? 1.25 : 0.8, s)
                : random(type, 1, s);
        fixture.check(
            op + " of " + type,
            extreme ? 0 : tolerance(type),
            (k, a) -> k.reduce(op, a[0], s[0], s[1], s[2], a[1]),
            x,
            DenseFixture.of(type, _ -> 1, s[0], s[2]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void notANumberPropagatesAndZeroesHaveSigns(DType type) {
    for (long[] s : new long[][] {{1, 70_000, 1}, {9, 40, 1}, {2, 3000, 5}, {1, 9, 40}}) {
      long last = s[0] * s[1] * s[2] - 1;
      for (double special : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 0}) {
        Array x =
            DenseFixture.of(type, i -> i == last / 2 ? special : special == 0 ? -0.0 : i % 5, s);
        for (ReduceOp op : new ReduceOp[] {ReduceOp.SUM, ReduceOp.MAX, ReduceOp.MIN}) {
          fixture.check(
              op + " with " + special,
              1e-6,
              (k, a) -> k.reduce(op, a[0], s[0], s[1], s[2], a[1]),
              x,
              DenseFixture.of(type, _ -> 1, s[0], s[2]));
        }
        for (boolean largest : new boolean[] {false, true}) {
          fixture.check(
              "position with " + special,
              0,
              (k, a) -> k.argReduce(largest, a[0], s[0], s[1], s[2], a[1]),
              x,
              DenseFixture.of(DType.INT64, _ -> 1, s[0], s[2]));
        }
      }
    }
  }

  @Test
  void twoNaNsGiveTheFirstsPosition() {
    Array x = DenseFixture.of(DType.FLOAT32, i -> i == 777 || i == 40 ? Double.NaN : i, 1, 1000, 1);
    fixture.check(
        "position",
        0,
        (k, a) -> k.argReduce(true, a[0], 1, 1000, 1, a[1]),
        x,
        DenseFixture.of(DType.INT64, _ -> 1, 1));
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = ".*FLOAT16", mode = EnumSource.Mode.MATCH_NONE)
  void positionsOfTheFirstExtreme(DType type) {
    for (long[] s : SIZES) {
      if (s[1] == 0) {
        continue;
      }
      // Random integers and BOOL repeat, so ties are decided.
      Array x = random(type, 2, s);
      for (boolean largest : new boolean[] {false, true}) {
        fixture.check(
            "position in " + type,
            0,
            (k, a) -> k.argReduce(largest, a[0], s[0], s[1], s[2], a[1]),
            x,
            DenseFixture.of(DType.INT64, _ -> 1, s[0], s[2]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void softmaxOfRows(DType type) {
    for (long[] s :
        new long[][] {
          {0, 4}, {4, 0}, {1, 1}, {7, 3}, {50, 31}, {50, 32}, {50, 33}, {3, 1000}, {2, 70_000}
        }) {
      // Row 1 is all -inf, row 2 holds a NaN, row 3 large numbers.
      Array x =
          DenseFixture.of(
              type,
              i ->
                  switch ((int) (i / Math.max(1, s[1]))) {
                    case 1 -> Double.NEGATIVE_INFINITY;
                    case 2 -> i % s[1] == s[1] / 2 ? Double.NaN : i % 7;
                    case 3 -> 1e4 * (i % 3) - 5e3;
                    default -> (i * 7919 % 1000) * 0.01;
                  },
              s);
      Array gradient = random(type, 3, s);
      for (boolean logarithm : new boolean[] {false, true}) {
        Array out = DenseFixture.of(type, _ -> 1, s);
        fixture.check(
            "softmax",
            tolerance(type),
            (k, a) -> k.softmax(a[0], s[0], s[1], logarithm, a[1]),
            x,
            out);
        Array y = DenseFixture.of(type, i -> (logarithm ? -1 : 1) * (i % 11) * 0.1, s);
        fixture.check(
            "its gradient",
            tolerance(type) * 10,
            (k, a) -> k.softmaxGrad(a[0], a[1], s[0], s[1], logarithm, a[2]),
            y,
            gradient,
            out);
      }
    }
  }
}
