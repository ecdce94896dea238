package io.relata.tck.tensor;

import static io.relata.DType.FLOAT32;
import static io.relata.DType.FLOAT64;
import static io.relata.DType.INT32;
import static io.relata.DType.INT64;
import static io.relata.tck.tensor.Domain.ANY;
import static io.relata.tck.tensor.Domain.NONZERO;
import static io.relata.tck.tensor.Domain.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Values of reductions along every axis and of softmax, in every type. */
public abstract class ReductionValuesTck extends RelataTck {
  private static final List<DType> FLOATS = List.of(FLOAT32, FLOAT64);
  private static final List<DType> NUMBERS = List.of(FLOAT32, FLOAT64, INT32, INT64);
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private static final List<Shape> SHAPES =
      List.of(
          Shape.of(1),
          Shape.of(19),
          Shape.of(70_001),
          Shape.of(3, 17),
          Shape.of(17, 3),
          Shape.of(1, 33),
          Shape.of(33, 1),
          Shape.of(2, 3, 5),
          Shape.of(4, 1, 9),
          Shape.of(0, 3),
          Shape.of(900, 65));

  /** A reduction of a tensor along one axis. */
  private interface Along {
    Tensor apply(Tensor x, int axis);
  }

  private static double[] row(double[] x, Shape s, int axis, long outer, long inner) {
    int n = (int) s.dim(axis);
    int step = (int) s.product(axis + 1, s.rank());
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      row[i] = x[(int) ((outer * n + i) * step + inner)];
    }
    return row;
  }

  private static double[] reduced(
      double[] x, Shape s, int axis, ToDoubleFunction<double[]> oracle) {
    int outers = (int) s.product(0, axis);
    int inners = (int) s.product(axis + 1, s.rank());
    double[] out = new double[outers * inners];
    for (int o = 0; o < outers; o++) {
      for (int i = 0; i < inners; i++) {
        out[o * inners + i] = oracle.applyAsDouble(row(x, s, axis, o, i));
      }
    }
    return out;
  }

  private void check(
      String name,
      Domain domain,
      List<DType> types,
      DType result,
      Along f,
      ToDoubleFunction<double[]> oracle) {
    for (DType dtype : types) {
      for (Shape s : SHAPES) {
        double[] x = Oracle.rounded(dtype, domain.numbers(s.size(), s.size()));
        for (int axis = 0; axis < s.rank(); axis++) {
          if (s.dim(axis) > 0) {
            DType expected = result == null ? dtype : result;
            // Sums of n random numbers of either sign carry about sqrt(n) roundings.
            double tolerance = Oracle.tolerance(dtype) * Math.max(4, Math.sqrt(s.dim(axis)));
            Oracle.requireEqual(
                name + " along " + axis + " of " + s,
                f.apply(tensor(dtype, x, s), axis),
                expected,
                s.without(axis),
                reduced(x, s, axis, oracle),
                tolerance);
          }
        }
      }
    }
  }

  private static double largest(double[] row) {
    return Arrays.stream(row).reduce(-INF, Math::max);
  }

  private static double smallest(double[] row) {
    return Arrays.stream(row).reduce(INF, Math::min);
  }

  private static double sum(double[] row) {
    return Arrays.stream(row).sum();
  }

  private static double variance(double[] row, int less) {
    double mean = sum(row) / row.length;
    double squares = Arrays.stream(row).map(v -> (v - mean) * (v - mean)).sum();
    return squares / Math.max(1, row.length - less);
  }

  private static double logSumExp(double[] row) {
    double peak = largest(row);
    return peak + Math.log(Arrays.stream(row).map(v -> Math.exp(v - peak)).sum());
  }

  private static int first(double[] row, double value) {
    int i = 0;
    while (row[i] != value) {
      i++;
    }
    return i;
  }

  @Test
  void sumsAndMeans() {
    check("sum", WHOLE, NUMBERS, null, (x, a) -> x.sum(a, false), ReductionValuesTck::sum);
    check("sum", ANY, FLOATS, null, (x, a) -> x.sum(a, false), ReductionValuesTck::sum);
    check("mean", ANY, FLOATS, null, (x, a) -> x.mean(a, false), r -> sum(r) / r.length);
  }

  @Test
  void extremesAndTheirFirstPositions() {
    check("max", WHOLE, NUMBERS, null, Tensor::max, ReductionValuesTck::largest);
    check("min", WHOLE, NUMBERS, null, Tensor::min, ReductionValuesTck::smallest);
    check("max", ANY, FLOATS, null, Tensor::max, ReductionValuesTck::largest);
    check("min", ANY, FLOATS, null, Tensor::min, ReductionValuesTck::smallest);
    check("argmax", WHOLE, NUMBERS, INT64, Tensor::argmax, r -> first(r, largest(r)));
    check("argmin", WHOLE, NUMBERS, INT64, Tensor::argmin, r -> first(r, smallest(r)));
  }

  @Test
  void spreadAndLogarithms() {
    check("var", ANY, FLOATS, null, (x, a) -> x.var(a, false), r -> variance(r, 0));
    check("unbiased", ANY, FLOATS, null, (x, a) -> x.var(a, true), r -> variance(r, 1));
    check("std", ANY, FLOATS, null, (x, a) -> x.std(a, true), r -> Math.sqrt(variance(r, 1)));
    check("logSumExp", ANY, FLOATS, null, Tensor::logSumExp, ReductionValuesTck::logSumExp);
  }

  @Test
  void productsOfShortRows() {
    for (DType dtype : FLOATS) {
      Shape s = Shape.of(4, 19);
      double[] x = Oracle.rounded(dtype, NONZERO.numbers(3, s.size()));
      double[] expected = reduced(x, s, 1, r -> Arrays.stream(r).reduce(1, (a, b) -> a * b));
      Oracle.requireEqual(
          "prod",
          tensor(dtype, x, s).prod(1),
          dtype,
          Shape.of(4),
          expected,
          20 * Oracle.tolerance(dtype));
    }
    assertThat(relata.tensor(new long[] {3, -4, 5}).prod(0).item()).isEqualTo(-60);
    assertThat(relata.tensor(new int[0]).prod(0).item()).isEqualTo(1);
  }

  @Test
  void integersSumExactly() {
    long big = (1L << 53) + 1;
    assertThat(relata.tensor(new long[] {big, 2}).sum().toLongArray()).containsExactly(big + 2);
    assertThat(relata.tensor(new long[] {big, big - 1}).max().toLongArray()).containsExactly(big);
  }

  @Test
  void nanWinsEveryExtreme() {
    for (DType dtype : FLOATS) {
      for (int n : new int[] {2, 9, 40, 70_001}) {
        for (int at : new int[] {0, 1, n - 1}) {
          double[] x = ANY.numbers(n, n);
          x[at] = NAN;
          Tensor t = tensor(dtype, x, Shape.of(n));
          assertThat(t.max().item()).as("max of %s", n).isNaN();
          assertThat(t.min().item()).as("min of %s", n).isNaN();
          assertThat(t.sum().item()).isNaN();
          Tensor columns = tensor(dtype, x, Shape.of(n, 1)).expand(n, 2);
          assertThat(columns.max(0).toDoubleArray()).containsOnly(NAN);
          assertThat(columns.min(0).toDoubleArray()).containsOnly(NAN);
        }
      }
      double[] infinite = {-INF, -INF, INF, 1};
      assertThat(tensor(dtype, infinite, Shape.of(4)).max().item()).isEqualTo(INF);
      assertThat(tensor(dtype, infinite, Shape.of(2, 2)).max(1).toDoubleArray())
          .containsExactly(-INF, INF);
    }
  }

  @Test
  void reductionsOfNothing() {
    Tensor none = relata.zeros(0, 3);
    assertThat(none.sum(0, false).toDoubleArray()).containsExactly(0, 0, 0);
    assertThat(none.sum().item()).isZero();
    assertThat(none.mean(0, false).toDoubleArray()).containsOnly(NAN);
    assertThat(none.max(1).shape()).isEqualTo(Shape.of(0));
    assertThatThrownBy(() -> none.max(0))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("nothing to choose from");
    assertThatThrownBy(() -> none.argmin(0)).isInstanceOf(RelataException.class);
    assertThatThrownBy(none::max).isInstanceOf(RelataException.class);
    assertThat(relata.tensor(new boolean[0]).all()).isTrue();
    assertThat(relata.tensor(new boolean[0]).any()).isFalse();
  }

  @Test
  void softmaxOfRowsAndColumns() {
    for (DType dtype : FLOATS) {
      for (Shape s : SHAPES) {
        double[] x = Oracle.rounded(dtype, ANY.numbers(s.size(), s.size()));
        for (int axis = 0; axis < s.rank(); axis++) {
          if (s.dim(axis) == 0) {
            continue;
          }
          double[] norm = reduced(x, s, axis, ReductionValuesTck::logSumExp);
          double[] logs = new double[x.length];
          for (int i = 0; i < x.length; i++) {
            int inners = (int) s.product(axis + 1, s.rank());
            int outer = (int) (i / (inners * s.dim(axis)));
            logs[i] = x[i] - norm[outer * inners + i % inners];
          }
          Tensor t = tensor(dtype, x, s);
          double tolerance = 10 * Oracle.tolerance(dtype);
          Oracle.requireEqual("logSoftmax", t.logSoftmax(axis), dtype, s, logs, tolerance);
          double[] weights = Arrays.stream(logs).map(Math::exp).toArray();
          Oracle.requireEqual("softmax", t.softmax(axis), dtype, s, weights, tolerance);
        }
      }
    }
  }

  @Test
  void softmaxIsStableAndKnowsRowsOfMinusInfinity() {
    for (DType dtype : FLOATS) {
      double[] x = {1e4, 1e4, -INF, -INF, 0, -INF, NAN, 1};
      Tensor t = tensor(dtype, x, Shape.of(4, 2));
      assertThat(t.softmax(1).toDoubleArray()).containsExactly(.5, .5, 0, 0, 1, 0, NAN, NAN);
      assertThat(t.slice(0, 0, 3).softmax(-1).sum().item()).isEqualTo(2);
      double[] logs = t.logSoftmax(1).toDoubleArray();
      assertThat(logs[2]).isEqualTo(-INF);
      assertThat(logs[3]).isEqualTo(-INF);
      assertThat(logs[4]).isZero();
      assertThat(t.logSumExp(1).toDoubleArray()[1]).isEqualTo(-INF);
      assertThat(t.logSumExp(1).toDoubleArray()[2]).isZero();
    }
  }

  @Test
  void dropoutScalesWhatItKeeps() {
    relata.seed(11);
    double[] y = relata.full(3, FLOAT32, 100_000).dropout(0.25).toDoubleArray();
    assertThat(Arrays.stream(y).distinct().toArray()).containsExactlyInAnyOrder(0, 4);
    double kept = Arrays.stream(y).filter(v -> v != 0).count() / 1e5;
    assertThat(kept).isBetween(0.745, 0.755);
    assertThat(relata.full(3, FLOAT64, 99).dropout(0).toDoubleArray()).containsOnly(3);
    assertThat(relata.full(3, FLOAT64, 99).dropout(1).toDoubleArray()).containsOnly(0);
    for (double p : new double[] {-0.1, 1.1, NAN}) {
      assertThatThrownBy(() -> relata.zeros(3).dropout(p)).isInstanceOf(RelataException.class);
    }
  }
}
