package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Shape;
import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention and its gradient on the tests' device against its steps in plain loops. */
class AttentionKernelTest extends GraphKernelFixture {
  private static final double SLOPE = 0.2;

  /** Numbers of one case and what follows from them step by step. */
  private static final class Steps {
    final DeviceGraph g;
    final int heads;
    final int width;
    final double[] source;
    final double[] destination;
    final double[] edge;
    final double[] values;
    final double[] out;
    final double[] magnitudes;
    private final double[] terms;
    private final double[] weights;

    Steps(DType type, DeviceGraph g, int heads, int width, boolean withEdges, boolean masked) {
      this.g = g;
      this.heads = heads;
      this.width = width;
      source = normal(g.numSrc * heads, 1);
      destination = normal(g.numDst * heads, 2);
      edge = withEdges ? normal(g.numEdges() * heads, 3) : null;
      if (masked) {
        for (int i = 0; i < edge.length; i++) {
          // All of some rows, and whole chunks of the long one.
          boolean all = g.dst[i / heads] % 3 == 1;
          edge[i] =
              all || g.dst[i / heads] == 3 && i / heads < 300
                  ? Double.NEGATIVE_INFINITY
                  : edge[i] - 500;
        }
      }
      values = normal(g.numSrc * heads * width, 4);
      // As the device has them.
      for (double[] x : new double[][] {source, destination, edge, values}) {
        if (x != null && type == DType.FLOAT32) {
          Arrays.setAll(x, i -> (float) x[i]);
        }
      }
      terms = new double[g.numEdges() * heads];
      weights = new double[terms.length];
      out = new double[g.numDst * heads * width];
      magnitudes = new double[out.length];
      forward();
    }

    private void forward() {
      double[] max = new double[g.numDst * heads];
      double[] sum = new double[max.length];
      Arrays.fill(max, Double.NEGATIVE_INFINITY);
      for (int i = 0; i < terms.length; i++) {
        int e = i / heads;
        int h = i % heads;
        terms[i] =
            source[g.src[e] * heads + h]
                + destination[g.dst[e] * heads + h]
                + (edge == null ? 0 : edge[i]);
        int row = g.dst[e] * heads + h;
        max[row] = Math.max(max[row], leaky(terms[i]));
      }
      for (int i = 0; i < terms.length; i++) {
        int row = g.dst[i / heads] * heads + i % heads;
        double shift = max[row] == Double.NEGATIVE_INFINITY ? 0 : max[row];
        weights[i] = Math.exp(leaky(terms[i]) - shift);
        sum[row] += weights[i];
      }
      for (int i = 0; i < terms.length; i++) {
        int row = g.dst[i / heads] * heads + i % heads;
        weights[i] = sum[row] == 0 ? 0 : weights[i] / sum[row];
        for (int c = 0; c < width; c++) {
          double m = weights[i] * values[value(i) + c];
          out[row * width + c] += m;
          magnitudes[row * width + c] += Math.abs(m);
        }
      }
    }

    private int value(int i) {
      return (g.src[i / heads] * heads + i % heads) * width;
    }

    private static double leaky(double x) {
      return x > 0 ? x : SLOPE * x;
    }

    /** dSource, dDestination, dEdge, dValues, and then the sizes of what is added up in each. */
    double[][] gradients(double[] gradient) {
      double[][] d = new double[8][];
      for (int k = 0; k < 8; k += 4) {
        d[k] = new double[source.length];
        d[k + 1] = new double[destination.length];
        d[k + 2] = new double[terms.length];
        d[k + 3] = new double[values.length];
      }
      for (int i = 0; i < terms.length; i++) {
        int u = g.src[i / heads] * heads + i % heads;
        int v = g.dst[i / heads] * heads + i % heads;
        double dot = 0;
        double size = 0;
        for (int c = 0; c < width; c++) {
          double dz = gradient[v * width + c];
          dot += dz * (values[u * width + c] - out[v * width + c]);
          size += Math.abs(dz) * (Math.abs(values[u * width + c]) + magnitudes[v * width + c]);
          d[3][u * width + c] += weights[i] * dz;
          d[7][u * width + c] += Math.abs(weights[i] * dz);
        }
        double slope = terms[i] > 0 ? 1 : SLOPE;
        double change = weights[i] * dot * slope;
        d[0][u] += change;
        d[1][v] += change;
        d[2][i] = change;
        d[4][u] += weights[i] * size;
        d[5][v] += weights[i] * size;
        d[6][i] = weights[i] * size;
      }
      return d;
    }
  }

  private AttentionCall call(Steps s, DType type, boolean statistics) {
    return new AttentionCall(
        s.g.in,
        s.heads,
        s.width,
        numbers(type, s.source.clone()),
        numbers(type, s.destination.clone()),
        s.edge == null ? null : numbers(type, s.edge.clone()),
        SLOPE,
        numbers(type, s.values.clone()),
        numbers(type, new double[s.out.length]),
        statistics
            ? numbers(type, new double[2 * s.g.numDst * s.heads])
                .reshape(Shape.of(s.g.numDst, s.heads, 2))
            : null);
  }

  private void check(
      DType type, DeviceGraph g, int heads, int width, boolean edges, boolean masked) {
    String what = g + " " + type + " " + heads + " x " + width + (edges ? " with edges" : "");
    double tolerance = 8 * tolerance(type);
    Steps s = new Steps(type, g, heads, width, edges, masked);
    AttentionCall plain = call(s, type, false);
    assertThat(kernels.attention(plain)).isTrue();
    assertClose(read(plain.out()), s.out, s.magnitudes, tolerance, what);
    AttentionCall call = call(s, type, true);
    assertThat(kernels.attention(call)).isTrue();
    assertThat(read(call.out())).as("the second time, " + what).isEqualTo(read(plain.out()));
    double[] gradient = normal(s.out.length, 5);
    Array dz = numbers(type, gradient);
    double[][] expected = s.gradients(gradient);
    double[][] found = null;
    for (int time = 0; time < 2; time++) {
      Array[] d = new Array[4];
      for (int k = 0; k < 4; k++) {
        double[] garbage = new double[expected[k].length];
        Arrays.fill(garbage, Double.NaN);
        d[k] = numbers(type, garbage);
      }
      kernels.attentionGrad(new AttentionGradCall(call, g.out, dz, d[0], d[1], d[2], d[3]));
      double[][] all = Arrays.stream(d).map(this::read).toArray(double[][]::new);
      if (found != null) {
        assertThat(all).as("the second time, " + what).isDeepEqualTo(found);
      }
      found = all;
    }
    for (int k = 0; k < 4; k++) {
      double[] magnitudes = Arrays.stream(expected[k + 4]).map(x -> x + 1e-4).toArray();
      assertClose(found[k], expected[k], magnitudes, 4 * tolerance, what + ", gradient " + k);
    }
    done();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "1, 3", "3, 7", "2, 16", "8, 8", "5, 12", "1, 64", "4, 64", "3, 100", "1, 33", "2, 128",
    "40, 4", "1, 101"
  })
  void isWhatItsStepsAre(int heads, int width) {
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      boolean edges = false;
      for (DeviceGraph g : patterns()) {
        check(type, g, heads, width, edges, false);
        edges = !edges;
      }
    }
  }

  @Test
  void rowsOfOnlyNegativeInfinityAreZero() {
    for (DeviceGraph g : patterns().subList(0, 3)) {
      check(DType.FLOAT64, g, 2, 8, true, true);
      check(DType.FLOAT32, g, 1, 5, true, true);
    }
  }

  @Test
  void statisticsMakeTheWeightsAgain() {
    DeviceGraph g = patterns().getFirst();
    Steps s = new Steps(DType.FLOAT64, g, 2, 4, true, true);
    AttentionCall call = call(s, DType.FLOAT64, true);
    kernels.attention(call);
    double[] statistics = read(call.statistics());
    for (int i = 0; i < s.weights.length; i++) {
      int row = g.dst[i / 2] * 2 + i % 2;
      double sum = statistics[2 * row + 1];
      double weight = sum == 0 ? 0 : Math.exp(Steps.leaky(s.terms[i]) - statistics[2 * row]) / sum;
      assertThat(weight).isCloseTo(s.weights[i], within(1e-12));
    }
    for (int v = 1; v < g.numDst; v += 3) {
      assertThat(Arrays.copyOfRange(statistics, 4 * v, 4 * v + 4)).containsOnly(0);
    }
  }

  @Test
  void infiniteValuesAndNanLogitsStayInTheirColumnAndHead() {
    for (DeviceGraph g : patterns().subList(0, 3)) {
      Steps s = new Steps(DType.FLOAT32, g, 2, 5, false, false);
      int u = g.src[g.numEdges() - 1];
      s.values[u * 10 + 3] = Double.POSITIVE_INFINITY;
      int odd = (u + 1) % g.numSrc;
      s.source[odd * 2 + 1] = Double.NaN;
      AttentionCall call = call(s, DType.FLOAT32, true);
      kernels.attention(call);
      double[] found = read(call.out());
      double[] expected = s.out.clone();
      for (int e = 0; e < g.numEdges(); e++) {
        if (g.src[e] == u) {
          expected[g.dst[e] * 10 + 3] = Double.POSITIVE_INFINITY;
        }
        if (g.src[e] == odd) {
          Arrays.fill(expected, g.dst[e] * 10 + 5, g.dst[e] * 10 + 10, Double.NaN);
        }
      }
      assertClose(found, expected, s.magnitudes, 1e-5, g.toString());
      done();
    }
  }

  @Test
  void headsTooWideForAWarpAreLeftToTheCaller() {
    DeviceGraph g = patterns().getFirst();
    Steps s = new Steps(DType.FLOAT32, g, 1, 300, false, false);
    AttentionCall call = call(s, DType.FLOAT32, false);
    assertThat(kernels.attention(call)).isFalse();
    assertThat(read(call.out())).containsOnly(0);
  }
}
