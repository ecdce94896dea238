package io.relata.cpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.spi.AdamCall;
import io.relata.spi.Array;
import io.relata.spi.ReduceOp;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions, softmax and Adam against sums in double. */
class ReductionTest {
  private static final Workers WORKERS = new Workers(3);
  private static final long[][] SIZES = {
    {0, 3, 1},
    {3, 0, 1},
    {3, 0, 4},
    {1, 1, 1},
    {5, 7, 1},
    {3, 17, 1},
    {1, 1000, 1},
    {1, 100_003, 1},
    {3, 40_000, 1},
    {2000, 33, 1},
    {1, 5, 7},
    {2, 3, 16},
    {1, 700, 64},
    {1, 300, 80},
    {3, 257, 17},
    {1, 20_000, 3},
    {2, 4, 5000},
    {4, 9, 100}
  };

  @AfterAll
  static void stop() {
    WORKERS.close();
  }

  private static CpuDenseKernels kernels(boolean vector) {
    return new CpuDenseKernels(WORKERS, vector);
  }

  @ParameterizedTest
  @EnumSource(ReduceOp.class)
  void reductionsOfEveryShapeAndType(ReduceOp op) {
    for (boolean vector : new boolean[] {false, true}) {
      for (DType type : DType.values()) {
        if (type == DType.BOOL || type.isHalf()) {
          continue;
        }
        for (long[] s : SIZES) {
          if (s[1] == 0 && op.compareTo(ReduceOp.MAX) >= 0) {
            continue;
          }
          check(op, type, vector, s[0], s[1], s[2]);
        }
      }
    }
  }

  private static void check(
      ReduceOp op, DType type, boolean vector, long outer, long n, long inner) {
    Array x = Samples.random(type, n, outer, n, inner);
    if (op == ReduceOp.PROD) {
      for (long i = 0; i < x.size(); i++) {
        double v = Samples.get(x, i);
        Samples.set(x, i, type.isFloating() ? 1 + v / 1000 : v < 0 ? -1 : 1);
      }
    }
    Array out = Samples.empty(type, outer, inner);
    kernels(vector).reduce(op, x, outer, n, inner, out);
    for (long o = 0; o < outer; o++) {
      for (long j = 0; j < inner; j++) {
        double result =
            switch (op) {
              case SUM -> 0;
              case PROD -> 1;
              case MAX -> Double.NEGATIVE_INFINITY;
              case MIN -> Double.POSITIVE_INFINITY;
            };
        double scale = 1;
        for (long i = 0; i < n; i++) {
          double v = Samples.get(x, (o * n + i) * inner + j);
          scale += Math.abs(v);
          result =
              switch (op) {
                case SUM -> result + v;
                case PROD -> result * v;
                case MAX -> Math.max(result, v);
                case MIN -> Math.min(result, v);
              };
        }
        double delta =
            switch (op) {
              case SUM -> type == DType.FLOAT32 ? 2e-7 * scale : 1e-14 * scale;
              case PROD -> Math.abs(result) * (type == DType.FLOAT32 ? 1e-4 : 1e-10);
              case MAX, MIN -> 0;
            };
        assertThat(Samples.get(out, o * inner + j))
            .as("%s %s vector %s (%d, %d, %d)", op, type, vector, outer, n, inner)
            .isCloseTo(result, within(delta));
      }
    }
  }

  @Test
  void aLongSumOfFloatsStaysAccurate() {
    int n = 4_000_001;
    for (boolean vector : new boolean[] {false, true}) {
      Array x = Samples.empty(DType.FLOAT32, n);
      kernels(vector).fill(x, 0.1);
      Array out = Samples.empty(DType.FLOAT32, 1);
      kernels(vector).reduce(ReduceOp.SUM, x, 1, n, 1, out);
      assertThat(Samples.get(out, 0)).isCloseTo(n * (double) 0.1f, within(0.4));
    }
  }

  @Test
  void extremesPropagateNaNAndArgumentsFindIt() {
    for (boolean vector : new boolean[] {false, true}) {
      Array x = Samples.of(DType.FLOAT32, i -> i == 40 || i == 60 ? Double.NaN : i % 10, 100);
      Array out = Samples.empty(DType.FLOAT32, 1);
      Array at = Samples.empty(DType.INT64, 1);
      kernels(vector).reduce(ReduceOp.MAX, x, 1, 100, 1, out);
      assertThat(Samples.get(out, 0)).isNaN();
      kernels(vector).reduce(ReduceOp.MIN, x, 1, 100, 1, out);
      assertThat(Samples.get(out, 0)).isNaN();
      kernels(vector).argReduce(true, x, 1, 100, 1, at);
      assertThat(Samples.get(at, 0)).isEqualTo(40);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FLOAT16", "BFLOAT16"})
  void argumentsAreTheFirstOfEqualOnes(DType type) {
    Array x = Samples.random(type, 5, 30, 25, 7);
    for (boolean largest : new boolean[] {false, true}) {
      Array out = Samples.empty(DType.INT64, 30, 7);
      kernels(true).argReduce(largest, x, 30, 25, 7, out);
      for (int o = 0; o < 30; o++) {
        for (int j = 0; j < 7; j++) {
          int best = 0;
          for (int i = 1; i < 25; i++) {
            double v = Samples.get(x, (o * 25 + i) * 7 + j);
            double w = Samples.get(x, (o * 25 + best) * 7 + j);
            best = largest ? v > w ? i : best : v < w ? i : best;
          }
          assertThat(Samples.get(out, o * 7 + j)).isEqualTo(best);
        }
      }
    }
  }

  @Test
  void softmaxAndItsGradient() {
    for (boolean vector : new boolean[] {false, true}) {
      for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (boolean logarithm : new boolean[] {false, true}) {
          for (int[] s :
              new int[][] {{0, 4}, {3, 1}, {50, 7}, {4, 16}, {3, 33}, {2000, 40}, {2, 1000}}) {
            checkSoftmax(vector, type, logarithm, s[0], s[1]);
          }
        }
      }
    }
  }

  private static void checkSoftmax(boolean vector, DType type, boolean logarithm, int rows, int n) {
    Array x = Samples.random(type, 1, rows, n);
    Array g = Samples.random(type, 2, rows, n);
    Array y = Samples.empty(type, rows, n);
    Array d = Samples.empty(type, rows, n);
    kernels(vector).softmax(x, rows, n, logarithm, y);
    kernels(vector).softmaxGrad(y, g, rows, n, logarithm, d);
    double delta = type == DType.FLOAT32 ? 3e-6 : 1e-12;
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += Math.exp(Samples.get(x, r * n + i));
      }
      double weighted = 0;
      for (int i = 0; i < n; i++) {
        double p = Math.exp(Samples.get(x, r * n + i)) / sum;
        weighted += Samples.get(g, r * n + i) * (logarithm ? 1 : p);
      }
      for (int i = 0; i < n; i++) {
        double p = Math.exp(Samples.get(x, r * n + i)) / sum;
        double gradient = Samples.get(g, r * n + i);
        assertThat(Samples.get(y, r * n + i)).isCloseTo(logarithm ? Math.log(p) : p, within(delta));
        assertThat(Samples.get(d, r * n + i))
            .isCloseTo(
                logarithm ? gradient - p * weighted : p * (gradient - weighted),
                within(delta * 10));
      }
    }
  }

  @Test
  void aRowOfMinusInfinityHasSoftmaxZero() {
    for (boolean vector : new boolean[] {false, true}) {
      Array x =
          Samples.of(DType.FLOAT32, i -> i < 20 || i == 25 ? Double.NEGATIVE_INFINITY : 1, 2, 20);
      Array y = Samples.empty(DType.FLOAT32, 2, 20);
      kernels(vector).softmax(x, 2, 20, false, y);
      assertThat(Samples.get(y, 0)).isZero();
      assertThat(Samples.get(y, 25)).isZero();
      assertThat(Samples.get(y, 30)).isCloseTo(1 / 19.0, within(1e-7));
      kernels(vector).softmax(x, 2, 20, true, y);
      assertThat(Samples.get(y, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    }
  }

  @Test
  void adamFollowsItsFormula() {
    for (boolean vector : new boolean[] {false, true}) {
      for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (boolean decoupled : new boolean[] {false, true}) {
          checkAdam(vector, type, decoupled);
        }
      }
    }
  }

  private static void checkAdam(boolean vector, DType type, boolean decoupled) {
    int n = 1003;
    Array p = Samples.random(type, 1, n);
    Array m = Samples.of(type, i -> 0, n);
    Array v = Samples.of(type, i -> 0, n);
    double[] ep = Samples.values(p);
    double[] em = new double[n];
    double[] ev = new double[n];
    for (int step = 1; step <= 3; step++) {
      Array g = Samples.random(type, 10 + step, n);
      kernels(vector)
          .adam(List.of(new AdamCall(p, g, m, v, 0.01, 0.9, 0.999, 1e-8, 0.1, decoupled, step)));
      for (int i = 0; i < n; i++) {
        double gradient = Samples.get(g, i) + (decoupled ? 0 : 0.1 * ep[i]);
        ep[i] *= decoupled ? 1 - 0.01 * 0.1 : 1;
        em[i] = 0.9 * em[i] + 0.1 * gradient;
        ev[i] = 0.999 * ev[i] + 0.001 * gradient * gradient;
        double first = em[i] / (1 - Math.pow(0.9, step));
        double second = ev[i] / (1 - Math.pow(0.999, step));
        ep[i] -= 0.01 * first / (Math.sqrt(second) + 1e-8);
        assertThat(Samples.get(p, i))
            .isCloseTo(ep[i], within(type == DType.FLOAT32 ? 3e-6 : 1e-12));
      }
    }
  }
}
