package io.relata.cpu.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.cpu.dense.CpuDenseKernels;
import io.relata.spi.Array;
import io.relata.spi.RowsMatmulCall;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products against three loops, for every kernel, transposition and cut. */
class MatrixProductTest {
  private static final int[][] SIZES = {
    {0, 3, 4},
    {3, 0, 4},
    {3, 4, 0},
    {1, 1, 1},
    {7, 5, 3},
    {16, 16, 16},
    {33, 17, 65},
    {300, 20, 90},
    {20, 300, 90},
    {270, 260, 30},
    {5, 9, 9000},
    {1, 40, 700},
    {65, 1, 1000}
  };

  static Stream<Gemm> kernels() throws Throwable {
    return Stream.of(OpenBlas.load(), new VectorGemm(), new PlainGemm());
  }

  private static void check(Array x, boolean tx, Array y, boolean ty, double[] old, Array out) {
    int m = (int) out.shape().dim(-2);
    int n = (int) out.shape().dim(-1);
    int k = (int) x.shape().dim(tx ? -2 : -1);
    double tolerance = out.dtype() == DType.FLOAT32 ? 2e-6 : 1e-13;
    for (int b = 0; b < ((long) m * n == 0 ? 0 : out.size() / ((long) m * n)); b++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = old[(b * m + i) * n + j];
          for (int l = 0; l < k; l++) {
            sum +=
                Samples.get(x, (long) b * m * k + (tx ? l * m + i : i * k + l))
                    * Samples.get(y, (long) b * n * k + (ty ? j * k + l : l * n + j));
          }
          double found = Samples.get(out, (b * m + i) * n + j);
          if (!(Math.abs(found - sum) <= tolerance * (10 + k))) {
            assertThat(found).as("(%d, %d, %d) at %d %d", m, n, k, i, j).isEqualTo(sum);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void productsOfEveryForm(Gemm gemm) {
    try (Workers workers = new Workers(2)) {
      MatrixProduct product = new MatrixProduct(workers, gemm);
      for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (int[] s : SIZES) {
          for (int bits = 0; bits < 8; bits++) {
            boolean tx = (bits & 1) != 0;
            boolean ty = (bits & 2) != 0;
            boolean add = (bits & 4) != 0;
            Array x = Samples.random(type, 1, tx ? s[2] : s[0], tx ? s[0] : s[2]);
            Array y = Samples.random(type, 2, ty ? s[1] : s[2], ty ? s[2] : s[1]);
            Array out = Samples.random(type, 3, s[0], s[1]);
            double[] old = add ? Samples.values(out) : new double[s[0] * s[1]];
            product.multiply(
                type,
                new MatrixProduct.Form(tx, ty, s[0], s[1], s[2], add),
                x.address(),
                y.address(),
                out.address());
            check(x, tx, y, ty, old, out);
          }
        }
      }
    }
  }

  /** Rows of a part of the columns, tails of rows and vectors, several panels, cut axes. */
  private static final int[][] THIN = {
    {3001, 64, 64}, {1500, 17, 33}, {1003, 100, 70}, {803, 200, 16}, {5, 300, 2000}, {2, 7, 90_000}
  };

  @Test
  void productsWithASmallMatrixAreThoseOfTheLoops() {
    try (Workers workers = new Workers(2)) {
      CpuDenseKernels kernels = new CpuDenseKernels(workers, true);
      for (int[] s : THIN) {
        for (int bits = 0; bits < 8; bits++) {
          boolean tx = (bits & 1) != 0;
          boolean ty = (bits & 2) != 0;
          boolean add = (bits & 4) != 0;
          int m = tx ? s[1] : s[0];
          int k = tx ? s[0] : s[1];
          Array x = Samples.random(DType.FLOAT32, 1, tx ? k : m, tx ? m : k);
          Array y = Samples.random(DType.FLOAT32, 2, ty ? s[2] : k, ty ? k : s[2]);
          Array out = Samples.random(DType.FLOAT32, 3, m, s[2]);
          double[] old = add ? Samples.values(out) : new double[m * s[2]];
          kernels.matmul(x, tx, y, ty, add, out);
          if ((long) m * s[2] * k < 50_000_000) {
            check(x, tx, y, ty, old, out);
          }
        }
      }
    }
  }

  @Test
  void pickedRowsAreMultipliedAndAddedWhereTheyLie() {
    int[][] sizes = {{1, 3, 5}, {37, 64, 64}, {2500, 20, 12}, {301, 33, 70}, {5000, 48, 16}};
    for (int[] s : sizes) {
      Random random = new Random(7);
      int rows = 2 * s[0];
      int[] picked = random.ints(0, rows).distinct().limit(s[0]).toArray();
      Array index = Samples.of(DType.INT32, i -> picked[(int) i], s[0]);
      Array x = Samples.random(DType.FLOAT32, 1, rows, s[1]);
      Array gathered =
          Samples.of(
              DType.FLOAT32,
              i -> Samples.get(x, (long) picked[(int) i / s[1]] * s[1] + i % s[1]),
              s[0],
              s[1]);
      for (int bits = 0; bits < 8; bits++) {
        boolean tx = (bits & 1) != 0;
        boolean ty = (bits & 2) != 0;
        boolean add = (bits & 4) != 0;
        if (tx && ty) {
          continue;
        }
        Array y =
            tx
                ? Samples.random(DType.FLOAT32, 2, s[0], s[2])
                : Samples.random(DType.FLOAT32, 2, ty ? s[2] : s[1], ty ? s[1] : s[2]);
        byte[] first = null;
        for (int threads : new int[] {1, 2, 3, 8}) {
          try (Workers workers = new Workers(threads)) {
            CpuDenseKernels kernels = new CpuDenseKernels(workers, true);
            Array out = Samples.random(DType.FLOAT32, 3, tx ? s[1] : s[0], s[2]);
            double[] old = add ? Samples.values(out) : new double[(int) out.size()];
            assertThat(kernels.matmulRows(new RowsMatmulCall(x, index, tx, y, ty, add, out, null)))
                .isTrue();
            check(gathered, tx, y, ty, old, out);
            assertThat(Samples.bytes(out)).isEqualTo(first == null ? Samples.bytes(out) : first);
            first = Samples.bytes(out);
            if (!tx) {
              scattered(kernels, gathered, y, ty, add, rows, picked, index);
            }
          }
        }
      }
    }
  }

  private static void scattered(
      CpuDenseKernels kernels,
      Array x,
      Array y,
      boolean ty,
      boolean add,
      int rows,
      int[] picked,
      Array index) {
    int width = (int) y.shape().dim(ty ? 0 : 1);
    Array all = Samples.random(DType.FLOAT32, 4, rows, width);
    double[] before = Samples.values(all);
    kernels.matmulRows(new RowsMatmulCall(x, null, false, y, ty, add, all, index));
    double[] after = Samples.values(all);
    boolean[] touched = new boolean[rows];
    double[] old = new double[picked.length * width];
    for (int i = 0; i < picked.length; i++) {
      touched[picked[i]] = true;
      if (add) {
        System.arraycopy(before, picked[i] * width, old, i * width, width);
      }
    }
    Array out =
        Samples.of(
            DType.FLOAT32,
            i -> after[picked[(int) i / width] * width + (int) i % width],
            picked.length,
            width);
    check(x, false, y, ty, old, out);
    for (int r = 0; r < rows; r++) {
      if (!touched[r]) {
        assertThat(Arrays.copyOfRange(after, r * width, (r + 1) * width))
            .isEqualTo(Arrays.copyOfRange(before, r * width, (r + 1) * width));
      }
    }
  }

  @Test
  void otherTypesAndLargeMatricesAreLeftToTheCaller() {
    try (Workers workers = new Workers(1)) {
      CpuDenseKernels kernels = new CpuDenseKernels(workers, true);
      Array index = Samples.of(DType.INT32, i -> i, 2);
      Array x = Samples.random(DType.FLOAT64, 1, 4, 3);
      Array w = Samples.random(DType.FLOAT64, 2, 3, 2);
      Array out = Samples.random(DType.FLOAT64, 3, 2, 2);
      assertThat(
              kernels.matmulRows(new RowsMatmulCall(x, index, false, w, false, false, out, null)))
          .isFalse();
      Array wide = Samples.random(DType.FLOAT32, 1, 4, 300);
      Array large = Samples.random(DType.FLOAT32, 2, 300, 300);
      Array result = Samples.random(DType.FLOAT32, 3, 2, 300);
      assertThat(
              kernels.matmulRows(
                  new RowsMatmulCall(wide, index, false, large, false, false, result, null)))
          .isFalse();
    }
  }

  @Test
  void batchesAreProductsOfTheirEntries() {
    try (Workers workers = new Workers(2)) {
      CpuDenseKernels kernels = new CpuDenseKernels(workers, true);
      for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (int[] s :
            new int[][] {
              {0, 2, 2, 2}, {3, 5, 4, 6}, {200, 8, 8, 8}, {3, 100, 80, 90}, {3, 2, 2, 0}
            }) {
          for (int bits = 0; bits < 8; bits++) {
            boolean tx = (bits & 1) != 0;
            boolean ty = (bits & 2) != 0;
            boolean add = (bits & 4) != 0;
            Array x = Samples.random(type, 1, s[0], tx ? s[3] : s[1], tx ? s[1] : s[3]);
            Array y = Samples.random(type, 2, s[0], ty ? s[2] : s[3], ty ? s[3] : s[2]);
            Array out = Samples.random(type, 3, s[0], s[1], s[2]);
            double[] old = add ? Samples.values(out) : new double[s[0] * s[1] * s[2]];
            kernels.batchMatmul(x, tx, y, ty, add, out);
            check(x, tx, y, ty, old, out);
          }
        }
      }
    }
  }

  @Test
  void bitsDoNotDependOnTheNumberOfThreads() {
    for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      for (int[] s :
          new int[][] {{2708, 16, 300}, {64, 48, 20_000}, {300, 500, 64}, {20, 1000, 100}}) {
        for (boolean tx : new boolean[] {false, true}) {
          Array x = Samples.random(type, 1, tx ? s[2] : s[0], tx ? s[0] : s[2]);
          Array y = Samples.random(type, 2, s[2], s[1]);
          byte[] first = null;
          for (int threads : new int[] {1, 2, 3, 8}) {
            try (Workers workers = new Workers(threads)) {
              Array out = Samples.empty(type, s[0], s[1]);
              new CpuDenseKernels(workers, true).matmul(x, tx, y, false, false, out);
              byte[] bits = Samples.bytes(out);
              assertThat(bits).isEqualTo(first == null ? bits : first);
              first = bits;
            }
          }
        }
      }
    }
  }

  @Test
  void aProductOfOnesCountsTheContractedAxis() {
    try (Workers workers = new Workers(2)) {
      Array x = Samples.of(DType.FLOAT32, i -> 1, 100_000, 3);
      Array out = Samples.empty(DType.FLOAT32, 3, 3);
      new CpuDenseKernels(workers, true).matmul(x, true, x, false, false, out);
      assertThat(Samples.values(out)).containsOnly(new double[] {100_000}, within(0.0));
    }
  }
}
