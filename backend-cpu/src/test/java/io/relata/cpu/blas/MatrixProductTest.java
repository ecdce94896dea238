package io.relata.cpu.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.cpu.dense.CpuDenseKernels;
import io.relata.spi.Array;
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
