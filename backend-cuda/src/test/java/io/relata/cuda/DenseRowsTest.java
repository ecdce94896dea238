package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.spi.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows by index and strided copies of the GPU give the CPU's numbers. */
class DenseRowsTest {
  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  @ParameterizedTest
  @EnumSource(DType.class)
  void gatheredRows(DType type) {
    for (DType ids : new DType[] {DType.INT32, DType.INT64}) {
      for (long width : new long[] {0, 1, 3, 16, 33, 200}) {
        for (int m : new int[] {0, 1, 33, 700}) {
          Random r = new Random(m);
          fixture.check(
              "gather",
              0,
              (k, a) -> k.gatherRows(a[0], a[1], a[2]),
              random(type, 1, 50, width),
              DenseFixture.of(ids, _ -> r.nextInt(50), m),
              DenseFixture.of(type, _ -> 1, m, width));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "INT32", "INT64"})
  void addedRowsHaveTheCpusBitsUnlessATargetHasMoreThanOneRun(DType type) {
    for (DType ids : new DType[] {DType.INT32, DType.INT64}) {
      for (long width : ids == DType.INT32 ? new long[] {3} : new long[] {0, 1, 16, 200}) {
        for (int m : new int[] {0, 1, 33, 700, 9000}) {
          for (int targets : new int[] {1, 300, 70_000}) {
            boolean large = m == 9000 && width == 16;
            if (large || m * width > 200_000 || targets * width > 300_000) {
              continue;
            }
            Random r = new Random(m);
            // At most 256 additions to a row go straight through.
            double tolerance = m > 256 ? type == DType.FLOAT32 ? 1e-4 : 1e-11 : 0;
            fixture.check(
                "add %d rows of %d to %d".formatted(m, width, targets),
                tolerance,
                (k, a) -> k.scatterAddRows(a[0], a[1], a[2]),
                random(type, 2, m, width),
                DenseFixture.of(ids, _ -> r.nextInt(targets), m),
                random(type, 3, targets, width));
          }
        }
      }
    }
  }

  @Test
  void heavyTargetsBesideLightOnes() {
    for (int m : new int[] {256, 257, 512, 5000, 20_000}) {
      // Seven of eight go to one row, whose run begins and ends inside pieces of others.
      Array index = DenseFixture.of(DType.INT32, i -> i % 8 == 3 ? i % 97 : 40, m);
      fixture.check(
          "heavy",
          1e-4,
          (k, a) -> k.scatterAddRows(a[0], a[1], a[2]),
          random(DType.FLOAT32, 2, m, 8),
          index,
          random(DType.FLOAT32, 3, 100, 8));
      fixture.check(
          "heavy, whole numbers",
          0,
          (k, a) -> k.scatterAddRows(a[0], a[1], a[2]),
          random(DType.INT64, 2, m, 3),
          index,
          random(DType.INT64, 3, 100, 3));
    }
  }

  @Test
  void notANumberStaysInItsRow() {
    Array x = DenseFixture.of(DType.FLOAT32, i -> i == 40 ? Double.NaN : i, 30, 4);
    fixture.check(
        "NaN",
        0,
        (k, a) -> k.scatterAddRows(a[0], a[1], a[2]),
        x,
        DenseFixture.of(DType.INT64, i -> i % 7, 30),
        random(DType.FLOAT32, 1, 8, 4));
  }

  @Test
  void theFirstIndexOutsideIsFound() {
    for (DType type : new DType[] {DType.INT32, DType.INT64}) {
      for (int n : new int[] {1, 31, 33, 1000, 100_000}) {
        Array index = DenseFixture.of(type, i -> i % 10, n);
        assertThat(first(index, 10)).isEqualTo(-1);
        assertThat(first(index, 0)).isZero();
        DenseFixture.set(index, n - 1, 10);
        assertThat(first(index, 10)).isEqualTo(n - 1);
        DenseFixture.set(index, n / 2, -1);
        assertThat(first(index, 10)).isEqualTo(n / 2);
      }
      assertThat(first(DenseFixture.of(type, i -> i, 0), 0)).isEqualTo(-1);
    }
  }

  private static long first(Array index, long limit) {
    long at = fixture.gpu().firstOutside(fixture.onDevice(index, 0), limit);
    fixture.release();
    return at;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void copiesOfBoxes(DType type) {
    Random r = new Random(7);
    for (int trial = 0; trial < 150; trial++) {
      int rank = trial % 25 == 24 ? 11 : r.nextInt(5);
      long[] dims = new long[rank];
      for (int i = 0; i < rank; i++) {
        dims[i] = rank > 5 ? 2 : r.nextInt(trial % 10 == 0 ? 0 : 2, trial % 7 == 0 ? 80 / rank : 9);
      }
      Array x = random(type, trial, dims);
      long[] strides = x.shape().strides();
      // A permutation, some axes flipped, some expanded.
      long start = 0;
      long[] sizes = new long[rank];
      long[] from = new long[rank];
      List<Integer> axes = new ArrayList<>();
      for (int i = 0; i < rank; i++) {
        axes.add(r.nextInt(axes.size() + 1), i);
      }
      for (int i = 0; i < rank; i++) {
        sizes[i] = dims[axes.get(i)];
        from[i] = strides[axes.get(i)];
        if (r.nextInt(4) == 0) {
          from[i] = 0;
        } else if (r.nextInt(4) == 0) {
          start += from[i] * (sizes[i] - 1);
          from[i] = -from[i];
        }
      }
      if (x.size() == 0) {
        start = 0;
      }
      Array out = DenseFixture.of(type, _ -> 1, sizes);
      long first = start;
      fixture.check(
          "copy",
          0,
          (k, a) -> k.copy(sizes, a[0], first, from, a[1], 0, out.shape().strides()),
          x,
          out);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void transpositions(DType type) {
    for (long[] s : new long[][] {{1, 1, 1}, {1, 300, 411}, {3, 33, 64}, {5, 8, 100}, {2, 7, 9}}) {
      fixture.check(
          "transpose",
          0,
          (k, a) ->
              k.copy(
                  new long[] {s[0], s[2], s[1]},
                  a[0],
                  0,
                  new long[] {s[1] * s[2], 1, s[2]},
                  a[1],
                  0,
                  new long[] {s[1] * s[2], s[1], 1}),
          random(type, 1, s),
          DenseFixture.of(type, _ -> 1, s[0], s[2], s[1]));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aSliceIsWrittenAndTheRestIsLeft(DType type) {
    for (long width : new long[] {3, 16, 64}) {
      fixture.check(
          "slice",
          0,
          (k, a) ->
              k.copy(
                  new long[] {20, width},
                  a[0],
                  0,
                  new long[] {width, 1},
                  a[1],
                  2 * width,
                  new long[] {3 * width, 1}),
          random(type, 1, 20, width),
          random(type, 2, 21, 3 * width));
    }
  }
}
