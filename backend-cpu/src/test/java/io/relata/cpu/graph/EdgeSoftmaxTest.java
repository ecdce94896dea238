package io.relata.cpu.graph;

import static io.relata.cpu.graph.Fixture.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.cpu.Workers;
import io.relata.cpu.graph.Fixture.Kernel;
import io.relata.spi.Array;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of edge softmax and its gradient, on random graphs with fixed seeds. */
class EdgeSoftmaxTest {
  private static final int[] HEADS = {1, 2, 3, 4, 5, 8, 16, 17, 40};

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void weightsAndGradientsEqualTheDefinition(Kernel kernel) {
    for (boolean sorted : new boolean[] {true, false}) {
      TestGraph g = TestGraph.random(51, 60, 900, sorted);
      for (int heads : HEADS) {
        Array logits = random(kernel.dtype, 900, heads, 52, 8);
        Array out = TestArrays.zeros(kernel.dtype, 900, heads);
        kernel.kernels.edgeSoftmax(g.index(), logits, out);
        double[] expected = softmax(g, TestArrays.values(logits), heads);
        String name = "%s %d heads sorted %s".formatted(kernel, heads, sorted);
        double[] y = TestArrays.values(out);
        for (int i = 0; i < y.length; i++) {
          assertThat(Math.abs(y[i] - expected[i]))
              .as(name)
              .isLessThan(kernel.tolerance * (expected[i] + 1e-30));
        }
        Array gradient = random(kernel.dtype, 900, heads, 53, 1);
        Array back = TestArrays.zeros(kernel.dtype, 900, heads);
        kernel.kernels.edgeSoftmaxGrad(g.index(), out, gradient, back);
        double[] expectedBack = gradient(g, y, TestArrays.values(gradient), heads);
        assertClose(name, TestArrays.values(back), expectedBack, null, kernel.tolerance);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void hugeLogitsMinusInfinityAndNanFollowTheRules(Kernel kernel) {
    double inf = Double.POSITIVE_INFINITY;
    // Rows: huge, one -inf, only -inf, a NaN, a NaN beside -inf, far apart, one edge.
    double[] logits = {
      1e30, 1e30, -inf, 2, 2, -inf, -inf, 1, Double.NaN, -inf, Double.NaN, 0, -500, 7
    };
    int[] rows = {0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6};
    double n = Double.NaN;
    double[] expected = {.5, .5, 0, .5, .5, 0, 0, n, n, n, n, 1, 0, 1};
    TestGraph g = TestGraph.of(1, 8, new int[14], rows, 100);
    for (int heads : HEADS) {
      Array x = TestArrays.fill(TestArrays.zeros(kernel.dtype, 14, heads), i -> logits[i / heads]);
      Array out = TestArrays.zeros(kernel.dtype, 14, heads);
      kernel.kernels.edgeSoftmax(g.index(), x, out);
      double[] all = new double[14 * heads];
      Arrays.setAll(all, i -> expected[i / heads]);
      assertClose(kernel + " heads " + heads, TestArrays.values(out), all, null, 1e-7);
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    TestGraph g = TestGraph.random(54, 300, 6000, false);
    for (boolean vector : new boolean[] {false, true}) {
      for (int heads : new int[] {1, 4, 5}) {
        Array logits = random(DType.FLOAT32, 6000, heads, 55, 3);
        double[] first = null;
        for (int threads : new int[] {1, 2, 3, 8}) {
          try (Workers workers = new Workers(threads)) {
            Array out = TestArrays.zeros(DType.FLOAT32, 6000, heads);
            new CpuGraphKernels(workers, Fixture.MEMORY, vector)
                .edgeSoftmax(g.index(), logits, out);
            first = first == null ? TestArrays.values(out) : first;
            assertThat(TestArrays.values(out)).isEqualTo(first);
          }
        }
      }
    }
  }

  @Test
  void noEdgesOrNoHeadsIsNothingToDo() {
    TestGraph empty = TestGraph.of(4, 3, new int[0], new int[0], 1);
    TestGraph g = TestGraph.random(56, 10, 30, false);
    for (Kernel kernel : Kernel.values()) {
      Array none = TestArrays.zeros(kernel.dtype, 0, 4);
      kernel.kernels.edgeSoftmax(empty.index(), none, none);
      Array narrow = TestArrays.zeros(kernel.dtype, 30, 0);
      kernel.kernels.edgeSoftmax(g.index(), narrow, narrow);
    }
  }

  private static Array random(DType dtype, int edges, int heads, long seed, double spread) {
    Random random = new Random(seed);
    return TestArrays.fill(
        TestArrays.zeros(dtype, edges, heads), _ -> (float) (random.nextGaussian() * spread));
  }

  private static double[] softmax(TestGraph g, double[] x, int heads) {
    double[] max = new double[g.destinations() * heads];
    double[] sum = new double[max.length];
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      int at = g.destination()[i / heads] * heads + i % heads;
      max[at] = Math.max(max[at], x[i]);
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int at = g.destination()[i / heads] * heads + i % heads;
      out[i] = Math.exp(x[i] - max[at]);
      sum[at] += out[i];
    }
    for (int i = 0; i < x.length; i++) {
      out[i] /= sum[g.destination()[i / heads] * heads + i % heads];
    }
    return out;
  }

  private static double[] gradient(TestGraph g, double[] y, double[] d, int heads) {
    double[] sum = new double[g.destinations() * heads];
    for (int i = 0; i < y.length; i++) {
      sum[g.destination()[i / heads] * heads + i % heads] += y[i] * d[i];
    }
    double[] out = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      out[i] = y[i] * (d[i] - sum[g.destination()[i / heads] * heads + i % heads]);
    }
    return out;
  }
}
