package io.relata.cpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.spi.AffineCall;
import io.relata.spi.AffineGradCall;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.MatmulCall;
import io.relata.spi.ReduceOp;
import io.relata.spi.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The dense part of a layer and its gradient, block by block, are what the steps are one after the
 * other, in the same bits with any number of threads.
 */
class AffinePassesTest {
  /**
   * Rows, columns, depths of both products: units and blocks with tails, panels, narrow results.
   */
  private static final int[][] SIZES = {
    {5000, 64, 64, 64}, {2999, 48, 70, 33}, {9001, 17, 40, 4}, {700, 150, 64, 20}, {300, 5, 6, 7}
  };

  /** FLOAT64 has no blocks: small ones will do. */
  private static int[][] sizes(DType type) {
    return type == DType.FLOAT32 ? SIZES : Arrays.copyOfRange(SIZES, 3, SIZES.length);
  }

  private record Case(DType type, int rows, int columns, Array[] x, Array[] w) {
    static Case of(DType type, int[] s) {
      Array[] x = {Samples.random(type, 1, s[0], s[2]), Samples.random(type, 2, s[0], s[3])};
      Array[] w = {Samples.random(type, 3, s[2], s[1]), Samples.random(type, 4, s[1], s[3])};
      return new Case(type, s[0], s[1], x, w);
    }
  }

  private interface Run {
    List<Array> with(CpuDenseKernels kernels);
  }

  /** The results with one thread, after comparison with other numbers of threads. */
  private static List<Array> everyNumberOfThreads(Run run) {
    List<Array> first = null;
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (Workers workers = new Workers(threads)) {
        List<Array> results = run.with(new CpuDenseKernels(workers, true));
        first = first == null ? results : first;
        for (int i = 0; i < first.size(); i++) {
          assertThat(Samples.values(results.get(i)))
              .as("result %d with %d threads", i, threads)
              .isEqualTo(Samples.values(first.get(i)));
        }
      }
    }
    return first;
  }

  private static void assertClose(Array found, Array expected, String what) {
    double[] left = Samples.values(found);
    double[] right = Samples.values(expected);
    for (int i = 0; i < right.length; i++) {
      if (!(Math.abs(left[i] - right[i]) <= 2e-3)) {
        assertThat(left[i]).as("%s at %d", what, i).isCloseTo(right[i], within(2e-3));
      }
    }
  }

  @Test
  void sumsOfProductsWithBiasAndActivationAreTheStepsInTurn() {
    for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      for (int[] s : sizes(type)) {
        for (int bits = 0; bits < 8; bits++) {
          boolean add = (bits & 1) != 0;
          UnaryOp activation = (bits & 2) != 0 ? UnaryOp.RELU : null;
          Case c = Case.of(type, s);
          Array bias = (bits & 4) != 0 ? Samples.random(type, 5, s[1]) : null;
          List<AffineCall.Factors> factors =
              List.of(
                  new AffineCall.Factors(c.x[0], c.w[0], false),
                  new AffineCall.Factors(c.x[1], c.w[1], true));
          Array found =
              everyNumberOfThreads(
                      k -> {
                        Array out = Samples.random(type, 6, s[0], s[1]);
                        k.affine(new AffineCall(factors, List.of(), add, bias, activation, 0, out));
                        return List.of(out);
                      })
                  .getFirst();
          try (Workers workers = new Workers(1)) {
            CpuDenseKernels k = new CpuDenseKernels(workers, false);
            Array out = Samples.random(type, 6, s[0], s[1]);
            k.matmul(c.x[0], false, c.w[0], false, add, out);
            k.matmul(c.x[1], false, c.w[1], true, true, out);
            if (bias != null) {
              k.binary(BinaryOp.ADD, out, bias, 0, out);
            }
            if (activation != null) {
              k.unary(activation, out, 0, 0, out);
            }
            assertClose(found, out, "affine");
          }
        }
      }
    }
  }

  /** The bias's gradient, the one before the activation, and every product's result. */
  private static List<Array> gradient(CpuDenseKernels k, Case c, int bits, boolean fused) {
    DType type = c.type;
    Array gradient = Samples.random(type, 7, c.rows, c.columns);
    Array result = Samples.random(type, 8, c.rows, c.columns);
    boolean slope = (bits & 1) != 0;
    Array before = slope ? Samples.random(type, 9, c.rows, c.columns) : gradient;
    Array bias = (bits & 2) != 0 ? Samples.random(type, 9, c.columns) : null;
    boolean add = (bits & 4) != 0;
    int[] depth = {(int) c.x[0].shape().dim(1), (int) c.x[1].shape().dim(1)};
    Array left = Samples.random(type, 10, depth[0], c.columns);
    Array right = Samples.random(type, 11, c.columns, depth[1]);
    Array input = Samples.random(type, 12, c.rows, depth[0]);
    List<MatmulCall> products =
        List.of(
            new MatmulCall(c.x[0], true, before, false, add, left),
            new MatmulCall(before, false, c.w[0], true, add, input),
            new MatmulCall(before, true, c.x[1], false, false, right));
    AffineGradCall call =
        new AffineGradCall(
            gradient, slope ? result : null, slope ? BinaryOp.RELU_GRAD : null, 0, before, bias);
    if (fused) {
      k.affineGrad(call, products);
    } else {
      if (slope) {
        k.binary(BinaryOp.RELU_GRAD, gradient, result, 0, before);
      }
      if (bias != null) {
        k.reduce(ReduceOp.SUM, before, 1, c.rows, c.columns, bias);
      }
      products.forEach(
          p -> k.matmul(p.x(), p.transposeX(), p.y(), p.transposeY(), p.accumulate(), p.out()));
    }
    List<Array> results = new ArrayList<>(List.of(before, left, input, right));
    if (bias != null) {
      results.add(bias);
    }
    return results;
  }

  @Test
  void gradientsWithTheirProductsAreTheStepsInTurn() {
    for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      for (int[] s : sizes(type)) {
        for (int bits = 0; bits < 8; bits++) {
          int form = bits;
          Case c = Case.of(type, s);
          List<Array> found = everyNumberOfThreads(k -> gradient(k, c, form, true));
          try (Workers workers = new Workers(1)) {
            List<Array> steps = gradient(new CpuDenseKernels(workers, false), c, form, false);
            for (int i = 0; i < steps.size(); i++) {
              assertClose(found.get(i), steps.get(i), "result " + i + ", form " + bits);
            }
          }
        }
      }
    }
  }
}
