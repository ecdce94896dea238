package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Shape;
import io.relata.spi.Array;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Edge softmax and its gradient on the tests' device against plain loops. */
class SoftmaxKernelTest extends GraphKernelFixture {
  private static final List<Integer> HEADS = List.of(1, 2, 3, 4, 8, 33);

  private static double[] softmax(int[] rows, int numRows, int heads, double[] x) {
    double[] max = new double[numRows * heads];
    double[] sum = new double[numRows * heads];
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      int at = rows[i / heads] * heads + i % heads;
      max[at] = Math.max(max[at], x[i]);
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int at = rows[i / heads] * heads + i % heads;
      y[i] = Math.exp(x[i] - (max[at] == Double.NEGATIVE_INFINITY ? 0 : max[at]));
      sum[at] += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      int at = rows[i / heads] * heads + i % heads;
      y[i] = sum[at] == 0 ? 0 : y[i] / sum[at];
    }
    return y;
  }

  private double[] run(DeviceGraph g, DType type, int heads, double[] x) {
    Array logits = shaped(numbers(type, x), g.numEdges(), heads);
    Array out = shaped(numbers(type, new double[x.length]), g.numEdges(), heads);
    kernels.edgeSoftmax(g.in, logits, out);
    double[] found = read(out);
    kernels.edgeSoftmax(g.in, logits, out);
    assertThat(read(out)).as("the second time").isEqualTo(found);
    return found;
  }

  private static Array shaped(Array array, long rows, long heads) {
    return array.reshape(Shape.of(rows, heads));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void everyRowSumsToOne(DType type) {
    for (DeviceGraph g : patterns()) {
      for (int heads : HEADS) {
        double[] x = normal(g.numEdges() * heads, heads);
        for (int i = 0; i < x.length; i++) {
          x[i] *= 5;
        }
        double[] found = run(g, type, heads, x);
        double[] expected = softmax(g.dst, g.numDst, heads, x);
        assertClose(found, expected, null, 4 * tolerance(type), g + " " + type + " " + heads);
        done();
      }
    }
  }

  @Test
  void rowsOfOnlyNegativeInfinityAreZero() {
    for (DeviceGraph g : patterns().subList(0, 3)) {
      for (int heads : new int[] {1, 4}) {
        double[] x = normal(g.numEdges() * heads, heads);
        for (int i = 0; i < x.length; i++) {
          int row = g.dst[i / heads];
          // Most of a long row too, so that whole chunks are, and what is left is far below 0.
          boolean all = row % 3 == 1;
          x[i] = all || row == 3 && i / heads < 300 ? Double.NEGATIVE_INFINITY : x[i] - 500;
        }
        double[] found = run(g, DType.FLOAT32, heads, x);
        double[] expected = softmax(g.dst, g.numDst, heads, x);
        assertClose(found, expected, null, 1e-5, g + " " + heads);
        assertThat(found).doesNotContain(Double.NaN);
      }
    }
  }

  @Test
  void aNanFillsItsRowAndHeadOnly() {
    for (DeviceGraph g : patterns().subList(0, 3)) {
      int heads = 3;
      double[] x = normal(g.numEdges() * heads, 1);
      for (int e = 0; e < g.numEdges(); e++) {
        if (g.dst[e] == 3 && e % 40 == 0) {
          x[e * heads + 1] = Double.NaN;
        }
      }
      double[] found = run(g, DType.FLOAT32, heads, x);
      assertClose(found, softmax(g.dst, g.numDst, heads, x), null, 1e-5, g.toString());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void gradientIsThatOfTheFormula(DType type) {
    for (DeviceGraph g : patterns()) {
      for (int heads : HEADS) {
        int n = g.numEdges() * heads;
        double[] y = normal(n, 1);
        double[] gradient = normal(n, 2);
        Array out = shaped(numbers(type, new double[n]), g.numEdges(), heads);
        Array yOf = shaped(numbers(type, y), g.numEdges(), heads);
        Array gOf = shaped(numbers(type, gradient), g.numEdges(), heads);
        kernels.edgeSoftmaxGrad(g.in, yOf, gOf, out);
        double[] sums = new double[g.numDst * heads];
        double[] sizes = new double[g.numDst * heads];
        for (int i = 0; i < n; i++) {
          int at = g.dst[i / heads] * heads + i % heads;
          sums[at] += y[i] * gradient[i];
          sizes[at] += Math.abs(y[i] * gradient[i]);
        }
        double[] expected = new double[n];
        double[] magnitudes = new double[n];
        for (int i = 0; i < n; i++) {
          int at = g.dst[i / heads] * heads + i % heads;
          expected[i] = y[i] * (gradient[i] - sums[at]);
          magnitudes[i] = Math.abs(y[i]) * (Math.abs(gradient[i]) + sizes[at]);
        }
        assertClose(read(out), expected, magnitudes, tolerance(type), g + " " + heads);
        done();
      }
    }
  }
}
