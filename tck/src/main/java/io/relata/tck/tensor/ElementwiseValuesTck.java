package io.relata.tck.tensor;

import static io.relata.DType.BOOL;
import static io.relata.DType.FLOAT32;
import static io.relata.DType.FLOAT64;
import static io.relata.DType.INT32;
import static io.relata.DType.INT64;
import static io.relata.tck.tensor.Domain.ANY;
import static io.relata.tck.tensor.Domain.BIT;
import static io.relata.tck.tensor.Domain.NONZERO;
import static io.relata.tck.tensor.Domain.POSITIVE;
import static io.relata.tck.tensor.Domain.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Values of functions of one element or two, in every type, at special values and odd sizes. */
public abstract class ElementwiseValuesTck extends RelataTck {
  /** Around every vector width and its multiples, and enough for several threads. */
  private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 100_003};

  private static final List<DType> FLOATS = List.of(FLOAT32, FLOAT64);
  private static final List<DType> INTEGERS = List.of(INT32, INT64);

  private static final double[] SPECIAL = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    0.0,
    -0.0,
    1e-30,
    -1e-30,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    20,
    -20,
    88,
    -88,
    104,
    -104,
    1e30,
    -1e30,
    1e-40
  };

  private void unary(
      String name, Domain domain, UnaryOperator<Tensor> f, DoubleUnaryOperator oracle) {
    unary(name, domain, f, oracle, FLOATS);
    for (DType dtype : FLOATS) {
      compare(name + " of special values", dtype, Oracle.rounded(dtype, SPECIAL), f, oracle);
    }
  }

  private void unary(
      String name,
      Domain domain,
      UnaryOperator<Tensor> f,
      DoubleUnaryOperator oracle,
      List<DType> types) {
    for (DType dtype : types) {
      for (int n : SIZES) {
        compare(name, dtype, Oracle.rounded(dtype, domain.numbers(n, n)), f, oracle);
      }
    }
  }

  private void compare(
      String name, DType dtype, double[] x, UnaryOperator<Tensor> f, DoubleUnaryOperator oracle) {
    Tensor out = f.apply(tensor(dtype, x, Shape.of(x.length)));
    double[] expected = Arrays.stream(x).map(oracle).toArray();
    Oracle.requireEqual(name, out, dtype, Shape.of(x.length), expected, Oracle.tolerance(dtype));
  }

  @Test
  void arithmeticFunctions() {
    unary("neg", ANY, Tensor::neg, x -> -x);
    unary("abs", ANY, Tensor::abs, Math::abs);
    unary("sign", ANY, Tensor::sign, Math::signum);
    unary("square", ANY, Tensor::square, x -> x * x);
    unary("sqrt", ANY, Tensor::sqrt, Math::sqrt);
    unary("rsqrt", POSITIVE, Tensor::rsqrt, x -> 1 / Math.sqrt(x));
    unary("reciprocal", NONZERO, Tensor::reciprocal, x -> 1 / x);
    unary("floor", ANY, Tensor::floor, Math::floor);
    unary("ceil", ANY, Tensor::ceil, Math::ceil);
    unary("round", ANY, Tensor::round, Math::rint);
    unary("clamp", ANY, x -> x.clamp(-1, 0.5), x -> Math.min(Math.max(x, -1), 0.5));
    unary("add", ANY, x -> x.add(1.25), x -> x + 1.25);
    unary("sub", ANY, x -> x.sub(1.25), x -> x - 1.25);
    unary("mul", ANY, x -> x.mul(-2.5), x -> x * -2.5);
    unary("div", ANY, x -> x.div(4), x -> x / 4);
    unary("rsub", ANY, x -> x.rsub(3), x -> 3 - x);
    unary("rdiv", NONZERO, x -> x.rdiv(3), x -> 3 / x);
    unary("pow", POSITIVE, x -> x.pow(1.7), x -> Math.pow(x, 1.7));
    unary("pow(3)", ANY, x -> x.pow(3), x -> Math.pow(x, 3));
    unary("pow(0)", ANY, x -> x.pow(0), x -> 1);
  }

  @Test
  void transcendentalFunctions() {
    unary("exp", ANY, Tensor::exp, Math::exp);
    unary("expm1", ANY, Tensor::expm1, Math::expm1);
    unary("log", POSITIVE, Tensor::log, Math::log);
    unary("log1p", POSITIVE, Tensor::log1p, Math::log1p);
    unary("tanh", ANY, Tensor::tanh, Math::tanh);
    unary("sigmoid", ANY, Tensor::sigmoid, x -> 1 / (1 + Math.exp(-x)));
    unary(
        "softplus",
        ANY,
        Tensor::softplus,
        x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    unary("sin", ANY, Tensor::sin, Math::sin, FLOATS);
    unary("cos", ANY, Tensor::cos, Math::cos, FLOATS);
  }

  @Test
  void activations() {
    unary("relu", ANY, Tensor::relu, x -> Double.isNaN(x) ? x : Math.max(x, 0));
    unary("leakyRelu", ANY, x -> x.leakyRelu(0.25), x -> x > 0 ? x : 0.25 * x);
    unary("elu", ANY, x -> x.elu(0.5), x -> x > 0 ? x : 0.5 * Math.expm1(x));
  }

  @Test
  void theErrorFunctionAgreesWithItsTable() {
    // Abramowitz and Stegun, table 7.1, with more digits.
    double[] x = {0, 0.1, 0.5, 1, 1.5, 2, 3, -0.5, -2, 6};
    double[] erf = {
      0,
      0.1124629160182849,
      0.5204998778130465,
      0.8427007929497149,
      0.9661051464753108,
      0.9953222650189527,
      0.9999779095030014,
      -0.5204998778130465,
      -0.9953222650189527,
      1
    };
    for (DType dtype : FLOATS) {
      Tensor t = tensor(dtype, x, Shape.of(x.length));
      Oracle.requireEqual("erf", t.erf(), dtype, Shape.of(x.length), erf, 4e-7);
      double[] gelu = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        gelu[i] =
            x[i]
                * 0.5
                * (1
                    + tensor(FLOAT64, x, Shape.of(10))
                        .mul(Math.sqrt(0.5))
                        .erf()
                        .toDoubleArray()[i]);
      }
      Oracle.requireEqual("gelu", t.gelu(), dtype, Shape.of(x.length), gelu, 1e-6);
    }
    Oracle.requireEqual(
        "erf", tensor(FLOAT64, x, Shape.of(10)).erf(), FLOAT64, Shape.of(10), erf, 1e-13);
  }

  @Test
  void integersKeepExactArithmetic() {
    unary("neg", WHOLE, Tensor::neg, x -> -x, INTEGERS);
    unary("abs", WHOLE, Tensor::abs, Math::abs, INTEGERS);
    unary("sign", WHOLE, Tensor::sign, Math::signum, INTEGERS);
    unary("square", WHOLE, Tensor::square, x -> x * x, INTEGERS);
    unary("add", WHOLE, x -> x.add(3), x -> x + 3, INTEGERS);
    unary("mul", WHOLE, x -> x.mul(-3), x -> x * -3, INTEGERS);
    unary("rsub", WHOLE, x -> x.rsub(3), x -> 3 - x, INTEGERS);
    unary("clamp", WHOLE, x -> x.clamp(-2, 5), x -> Math.min(Math.max(x, -2), 5), INTEGERS);
    for (int divisor : new int[] {1, 2, 3, -4, 7}) {
      unary("div", WHOLE, x -> x.div(divisor), x -> Math.rint(x - x % divisor) / divisor, INTEGERS);
    }
    long big = (1L << 53) + 1;
    assertThat(relata.tensor(new long[] {big}).add(1).toLongArray()).containsExactly(big + 1);
    assertThat(relata.tensor(new long[] {big}).div(1).toLongArray()).containsExactly(big);
    assertThat(relata.tensor(new int[] {49, 98}).div(49).toIntArray()).containsExactly(1, 2);
    for (double divisor : new double[] {0, 0.5, Double.NaN, 1e300}) {
      assertThatThrownBy(() -> relata.tensor(new int[] {1}).div(divisor))
          .isInstanceOf(RelataException.class)
          .hasMessageContaining("whole numbers but 0");
    }
  }

  // ---- two elements ----

  private static final Shape[][] PAIRS = {
    {Shape.of(), Shape.of()},
    {Shape.of(19), Shape.of(19)},
    {Shape.of(19), Shape.of()},
    {Shape.of(), Shape.of(19)},
    {Shape.of(5, 17), Shape.of(17)},
    {Shape.of(17), Shape.of(5, 17)},
    {Shape.of(5, 17), Shape.of(5, 1)},
    {Shape.of(5, 1), Shape.of(1, 17)},
    {Shape.of(2, 1, 9), Shape.of(4, 1)},
    {Shape.of(3, 4, 5), Shape.of(3, 1, 5)},
    {Shape.of(1, 4, 1), Shape.of(3, 1, 5)},
    {Shape.of(0, 3), Shape.of(3)},
    {Shape.of(3, 0), Shape.of(3, 1)},
    {Shape.of(301, 333), Shape.of(333)},
  };

  private void binary(
      String name,
      Domain domain,
      BinaryOperator<Tensor> f,
      DoubleBinaryOperator oracle,
      List<DType> types,
      boolean bool) {
    for (DType dtype : types) {
      DType result = bool ? BOOL : dtype;
      for (Shape[] p : PAIRS) {
        double[] x = Oracle.rounded(dtype, domain.numbers(1, p[0].size()));
        double[] y = Oracle.rounded(dtype, domain.numbers(2, p[1].size()));
        Tensor out = f.apply(tensor(dtype, x, p[0]), tensor(dtype, y, p[1]));
        Oracle.requireEqual(
            name + " " + Arrays.toString(p),
            out,
            result,
            Shape.broadcastOrNull(p[0], p[1]),
            Oracle.binary(oracle, x, p[0], y, p[1]),
            Oracle.tolerance(dtype));
      }
      if (dtype.isFloating()) {
        double[] s = Oracle.rounded(dtype, SPECIAL);
        Shape row = Shape.of(s.length);
        Shape column = Shape.of(s.length, 1);
        Oracle.requireEqual(
            name + " of special values",
            f.apply(tensor(dtype, s, column), tensor(dtype, s, row)),
            result,
            Shape.of(s.length, s.length),
            Oracle.binary(oracle, s, column, s, row),
            Oracle.tolerance(dtype));
      }
    }
  }

  private static final List<DType> NUMBERS = List.of(FLOAT32, FLOAT64, INT32, INT64);
  private static final List<DType> ALL = List.of(FLOAT32, FLOAT64, INT32, INT64, BOOL);

  private static double truth(boolean b) {
    return b ? 1 : 0;
  }

  @Test
  void arithmeticOfTwoBroadcasts() {
    binary("add", WHOLE, Tensor::add, Double::sum, NUMBERS, false);
    binary("sub", WHOLE, Tensor::sub, (x, y) -> x - y, NUMBERS, false);
    binary("mul", WHOLE, Tensor::mul, (x, y) -> x * y, NUMBERS, false);
    binary("div", NONZERO, Tensor::div, (x, y) -> x / y, FLOATS, false);
    binary("pow", POSITIVE, Tensor::pow, Math::pow, FLOATS, false);
    binary("maximum", WHOLE, Tensor::maximum, Math::max, NUMBERS, false);
    binary("minimum", WHOLE, Tensor::minimum, Math::min, NUMBERS, false);
  }

  @Test
  void comparisonsGiveBool() {
    binary("eq", WHOLE, Tensor::eq, (x, y) -> truth(x == y), ALL, true);
    binary("ne", WHOLE, Tensor::ne, (x, y) -> truth(x != y), ALL, true);
    binary("lt", WHOLE, Tensor::lt, (x, y) -> truth(x < y), NUMBERS, true);
    binary("le", WHOLE, Tensor::le, (x, y) -> truth(x <= y), NUMBERS, true);
    binary("gt", WHOLE, Tensor::gt, (x, y) -> truth(x > y), NUMBERS, true);
    binary("ge", WHOLE, Tensor::ge, (x, y) -> truth(x >= y), NUMBERS, true);
    List<DType> bool = List.of(BOOL);
    binary("and", BIT, Tensor::logicalAnd, (x, y) -> x * y, bool, true);
    binary("or", BIT, Tensor::logicalOr, Math::max, bool, true);
    binary("xor", BIT, Tensor::logicalXor, (x, y) -> truth(x != y), bool, true);
    assertThat(relata.tensor(new boolean[] {true, false}).logicalNot().toBooleanArray())
        .containsExactly(false, true);
  }

  @Test
  void integerDivisionTruncates() {
    int[] x = {7, -7, 7, -7, 0, Integer.MAX_VALUE};
    int[] y = {2, 2, -2, -2, 5, 1};
    assertThat(relata.tensor(x).div(relata.tensor(y)).toIntArray())
        .containsExactly(3, -3, -3, 3, 0, Integer.MAX_VALUE);
  }

  @Test
  void comparisonsWithANumber() {
    double[] x = {-1, 0, 1, 2};
    for (DType dtype : NUMBERS) {
      Tensor t = tensor(dtype, x, Shape.of(4));
      assertThat(t.eq(1).toIntArray()).containsExactly(0, 0, 1, 0);
      assertThat(t.ne(1).toIntArray()).containsExactly(1, 1, 0, 1);
      assertThat(t.lt(0.5).toIntArray()).as("lt %s", dtype).containsExactly(1, 1, 0, 0);
      assertThat(t.le(-0.5).toIntArray()).as("le %s", dtype).containsExactly(1, 0, 0, 0);
      assertThat(t.gt(-0.5).toIntArray()).as("gt %s", dtype).containsExactly(0, 1, 1, 1);
      assertThat(t.ge(0.5).toIntArray()).as("ge %s", dtype).containsExactly(0, 0, 1, 1);
      assertThat(t.eq(0.5).any()).as("eq %s", dtype).isFalse();
      assertThat(t.ne(0.5).all()).as("ne %s", dtype).isTrue();
      assertThat(t.isFinite().all()).isTrue();
      assertThat(t.isNan().any()).isFalse();
    }
    Tensor special = relata.tensor(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 0, 3e38f});
    assertThat(special.isFinite().toBooleanArray()).containsExactly(false, false, true, true);
    assertThat(special.isNan().toBooleanArray()).containsExactly(true, false, false, false);
    int[] ends = {Integer.MAX_VALUE, Integer.MIN_VALUE};
    assertThat(relata.tensor(ends).isFinite().all()).isTrue();
    assertThat(relata.tensor(ends).lt(1e12).all()).isTrue();
    assertThat(relata.tensor(ends).lt(Double.NaN).any()).isFalse();
  }

  @Test
  void conversionsBetweenAllTypes() {
    double[] x = {0, -1.75, 2.5, 1e9, 5, -0.25};
    for (DType from : ALL) {
      double[] held = Oracle.rounded(from, x);
      for (DType to : ALL) {
        Tensor t = tensor(from, x, Shape.of(6)).to(to);
        Oracle.requireEqual(from + " to " + to, t, to, Shape.of(6), Oracle.rounded(to, held), 0);
      }
    }
  }

  @Test
  void choicesTakeBothSidesInEveryType() {
    for (DType dtype : ALL) {
      for (int n : SIZES) {
        double[] c = BIT.numbers(1, n);
        double[] x = Oracle.rounded(dtype, WHOLE.numbers(2, n));
        double[] y = Oracle.rounded(dtype, WHOLE.numbers(3, 1));
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
          expected[i] = c[i] != 0 ? x[i] : y[0];
        }
        Shape s = Shape.of(n);
        Tensor out =
            Tensor.where(tensor(BOOL, c, s), tensor(dtype, x, s), tensor(dtype, y, Shape.of()));
        Oracle.requireEqual("where", out, dtype, s, expected, 0);
      }
    }
  }
}
