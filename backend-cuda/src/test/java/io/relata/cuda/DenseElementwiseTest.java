package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.UnaryOp;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Elementwise kernels of the GPU give the CPU's numbers. */
class DenseElementwiseTest {
  private static final long[] SIZES = {0, 1, 31, 32, 33, 1000, 70_000};
  private static final Set<UnaryOp> OF_INTEGERS =
      EnumSet.of(
          UnaryOp.NEG, UnaryOp.ABS, UnaryOp.SIGN, UnaryOp.SQUARE, UnaryOp.AFFINE, UnaryOp.CLAMP);
  private static final double[] SPECIAL = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    0,
    -0.0,
    1,
    -1,
    0.5,
    -2.5,
    2.5,
    1e-30,
    -1e-30,
    3e4,
    -3e4,
    88,
    -88,
    700,
    1e10,
    -1e10,
    3e9,
    -3e9,
    1e19,
    -1e19
  };
  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  private static double tolerance(DType type) {
    return type == DType.FLOAT32 ? 2e-6 : 1e-13;
  }

  /** All pairs of special numbers, then random ones. */
  private static Array numbers(DType type, boolean second, long n) {
    Random r = new Random(second ? 1 : 2);
    int count = SPECIAL.length;
    return DenseFixture.of(
        type,
        i ->
            i < (long) count * count && (type.isFloating() || type.isHalf())
                ? SPECIAL[(int) (second ? i % count : i / count)]
                : type.isFloating()
                    ? r.nextDouble(-3, 3)
                    : type == DType.BOOL ? r.nextInt(2) : r.nextInt(-9, 10),
        n);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void constantsAndProgressions(DType type) {
    for (long n : SIZES) {
      for (double v :
          new double[] {0, -0.0, 1, -2.75, 1e10, Double.NaN, Double.NEGATIVE_INFINITY}) {
        fixture.check("fill " + v, 0, (k, a) -> k.fill(a[0], v), DenseFixture.of(type, _ -> 1, n));
      }
      if (!type.isHalf()) {
        fixture.check(
            "range", 0, (k, a) -> k.range(a[0], -3, 0.7), DenseFixture.of(type, _ -> 1, n));
        fixture.check(
            "range", 0, (k, a) -> k.range(a[0], 2e9, 1e9), DenseFixture.of(type, _ -> 1, n));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void conversions(DType from) {
    for (DType to : DType.values()) {
      for (long n : SIZES) {
        Array x = numbers(from, true, n);
        fixture.check(
            from + " to " + to, 0, (k, a) -> k.cast(a[0], a[1]), x, DenseFixture.of(to, _ -> 1, n));
      }
      Array large = DenseFixture.of(from, i -> (i - 3) * 0x1.123456789abcdp60, 7);
      fixture.check(
          from + " to " + to,
          0,
          (k, a) -> k.cast(a[0], a[1]),
          large,
          DenseFixture.of(to, _ -> 1, 7));
    }
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void functionsOfOneArray(UnaryOp op) {
    for (DType type : DType.values()) {
      if (type == DType.BOOL || type.isHalf() || !type.isFloating() && !OF_INTEGERS.contains(op)) {
        continue;
      }
      for (long n : new long[] {0, 1, 33, 3000}) {
        Array x = numbers(type, true, n);
        double a = type.isFloating() ? -0.75 : -3;
        double b = type.isFloating() ? 1.25 : 5;
        fixture.check(
            op + " " + type,
            tolerance(type),
            (k, v) -> k.unary(op, v[0], a, b, v[1]),
            x,
            DenseFixture.of(type, _ -> 1, n));
        fixture.check(
            op + " in place", tolerance(type), (k, v) -> k.unary(op, v[0], 2, 2.5, v[0]), x);
      }
    }
  }

  @Test
  void integersWrapAroundAndStayExactBeyondTheDoublesReach() {
    for (DType type : new DType[] {DType.INT32, DType.INT64}) {
      Array x = DenseFixture.of(type, i -> i % 2 == 0 ? Long.MIN_VALUE : Long.MAX_VALUE, 70);
      Array y = DenseFixture.of(type, i -> i % 3 - 1 == 0 ? 7 : i % 3 - 1, 70);
      for (UnaryOp op : OF_INTEGERS) {
        fixture.check(
            op.name(),
            0,
            (k, v) -> k.unary(op, v[0], 3, 7, v[1]),
            x,
            DenseFixture.of(type, _ -> 1, 70));
      }
      for (BinaryOp op :
          new BinaryOp[] {
            BinaryOp.ADD, BinaryOp.SUB, BinaryOp.MUL, BinaryOp.DIV, BinaryOp.POW, BinaryOp.MAX
          }) {
        fixture.check(
            op.name(),
            0,
            (k, v) -> k.binary(op, v[0], v[1], 0, v[2]),
            x,
            y,
            DenseFixture.of(type, _ -> 1, 70));
      }
      fixture.check("axpy", 0, (k, v) -> k.axpy(3, v[0], v[1]), x, y);
      fixture.check("axpy", 0, (k, v) -> k.axpy(0.3, v[0], v[1]), y, x);
    }
  }

  @Test
  void integersAreNotDividedByZero() {
    Array x = fixture.onDevice(DenseFixture.of(DType.INT32, i -> i, 100), 0);
    Array y = fixture.onDevice(DenseFixture.of(DType.INT32, i -> 50 - i, 100), 0);
    Array out = fixture.onDevice(DenseFixture.of(DType.INT32, i -> i, 100), 0);
    assertThatThrownBy(() -> fixture.gpu().binary(BinaryOp.DIV, x, y, 0, out))
        .isInstanceOf(ArithmeticException.class);
    fixture.release();
  }

  @ParameterizedTest
  @EnumSource(BinaryOp.class)
  void functionsOfTwoArrays(BinaryOp op) {
    for (DType type : DType.values()) {
      if (isDefined(op, type)) {
        for (long n : new long[] {0, 1, 33, 3000}) {
          Array x = numbers(type, false, n);
          Array y = divisors(op, numbers(type, true, n));
          Array out = DenseFixture.of(op.isComparison() ? DType.BOOL : type, _ -> 1, n);
          fixture.check(
              op + " " + type,
              tolerance(type),
              (k, v) -> k.binary(op, v[0], v[1], -0.75, v[2]),
              x,
              y,
              out);
        }
      }
    }
  }

  private static boolean isDefined(BinaryOp op, DType type) {
    boolean logical = op == BinaryOp.AND || op == BinaryOp.OR || op == BinaryOp.XOR;
    if (logical || type.isHalf()) {
      return logical && type == DType.BOOL;
    }
    return op.isComparison()
        || type.isFloating()
        || type != DType.BOOL && op.compareTo(BinaryOp.RELU_GRAD) < 0;
  }

  private static Array divisors(BinaryOp op, Array y) {
    for (long i = 0; i < y.size() && op == BinaryOp.DIV && !y.dtype().isFloating(); i++) {
      if (DenseFixture.get(y, i) == 0) {
        DenseFixture.set(y, i, 4);
      }
    }
    return y;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void broadcasting(DType type) {
    long[][][] shapes = {
      {{5, 7}, {7}, {5, 7}},
      {{40, 64}, {64}, {40, 64}},
      {{40, 64}, {40, 1}, {40, 64}},
      {{40, 1}, {1, 64}, {40, 64}},
      {{1}, {33}, {33}},
      {{}, {12, 4}, {12, 4}},
      {{}, {}, {}},
      {{3, 1, 8}, {1, 5, 1}, {3, 5, 8}},
      {{2, 3, 4, 5}, {3, 1, 5}, {2, 3, 4, 5}},
      {{0, 4}, {1, 4}, {0, 4}},
      {
        {2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 4},
        {1, 3, 1, 2, 1, 2, 1, 2, 1, 2, 1},
        {2, 3, 2, 2, 2, 2, 2, 2, 2, 2, 4}
      },
      {{1000, 66}, {1, 66}, {1000, 66}},
    };
    for (long[][] s : shapes) {
      Array x = random(type, 1, s[0]);
      Array y = random(type, 2, s[1]);
      if (type != DType.BOOL && !type.isHalf()) {
        for (BinaryOp op : new BinaryOp[] {BinaryOp.SUB, BinaryOp.POW}) {
          Array out = DenseFixture.of(type, _ -> 1, s[2]);
          fixture.check(
              op.name(),
              tolerance(type) * 10,
              (k, v) -> k.binary(op, v[0], v[1], 0, v[2]),
              x,
              y,
              out);
        }
      }
      if (!type.isHalf()) {
        fixture.check(
            "LE",
            0,
            (k, v) -> k.binary(BinaryOp.LE, v[0], v[1], 0, v[2]),
            x,
            y,
            DenseFixture.of(DType.BOOL, _ -> 1, s[2]));
      }
      for (long[] c : s) {
        fixture.check(
            "where",
            0,
            (k, v) -> k.where(v[0], v[1], v[2], v[3]),
            random(DType.BOOL, 3, c),
            x,
            y,
            DenseFixture.of(type, _ -> 1, s[2]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "INT32", "INT64"})
  void scaledAddition(DType type) {
    for (long n : SIZES) {
      fixture.check(
          "axpy",
          tolerance(type),
          (k, v) -> k.axpy(-2, v[0], v[1]),
          numbers(type, true, n),
          numbers(type, false, n));
    }
  }

  @Test
  void anOutputMayBeAnOperand() {
    Array x = random(DType.FLOAT32, 1, 40, 64);
    Array y = random(DType.FLOAT32, 2, 64);
    fixture.check("in place", 1e-6, (k, v) -> k.binary(BinaryOp.MUL, v[1], v[0], 0, v[1]), y, x);
  }
}
