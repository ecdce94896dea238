package io.relata.cpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Shape;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.UnaryOp;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Elementwise kernels against java.lang.Math, plain and in vectors. */
class ElementwiseTest {
  private static final Workers WORKERS = new Workers(3);
  private static final long[] SIZES = {0, 1, 7, 16, 17, 33, 1000, 100_003};
  private static final Set<UnaryOp> INTEGER =
      EnumSet.of(
          UnaryOp.NEG, UnaryOp.ABS, UnaryOp.SIGN, UnaryOp.SQUARE, UnaryOp.AFFINE, UnaryOp.CLAMP);
  private static final Set<BinaryOp> LOGICAL = EnumSet.of(BinaryOp.AND, BinaryOp.OR, BinaryOp.XOR);

  @AfterAll
  static void stop() {
    WORKERS.close();
  }

  private static CpuDenseKernels kernels(boolean vector) {
    return new CpuDenseKernels(WORKERS, vector);
  }

  static double unary(UnaryOp op, double x, double a, double b) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case ERF -> ErrorFunction.erf(x);
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case ELU -> x > 0 ? x : a * Math.expm1(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case AFFINE -> a * x + b;
      case POW -> Math.pow(x, a);
      case RPOW -> Math.pow(a, x);
      case RDIV -> a / x;
      case CLAMP -> Math.min(Math.max(x, a), b);
    };
  }

  private static double binary(BinaryOp op, double x, double y, double a) {
    return switch (op) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case POW -> Math.pow(x, y);
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
      case EQ -> x == y ? 1 : 0;
      case NE -> x != y ? 1 : 0;
      case LT -> x < y ? 1 : 0;
      case LE -> x <= y ? 1 : 0;
      case GT -> x > y ? 1 : 0;
      case GE -> x >= y ? 1 : 0;
      case AND -> x != 0 && y != 0 ? 1 : 0;
      case OR -> x != 0 || y != 0 ? 1 : 0;
      case XOR -> x != 0 ^ y != 0 ? 1 : 0;
      case RELU_GRAD -> y > 0 ? x : 0;
      case LEAKY_RELU_GRAD -> y > 0 ? x : a * x;
      case ELU_GRAD -> y > 0 ? x : x * (y + a);
      case SIGMOID_GRAD -> x * y * (1 - y);
      case TANH_GRAD -> x * (1 - y * y);
    };
  }

  private static void assertClose(double found, double expected, double tolerance, String what) {
    if (Double.isNaN(expected) || Double.isInfinite(expected) || expected == 0) {
      // Adding 0 makes -0 and 0 equal, boxing NaN and NaN.
      assertThat(Double.valueOf(found + 0.0)).as(what).isEqualTo(Double.valueOf(expected + 0.0));
    } else if (!(Math.abs(found - expected) <= tolerance * Math.abs(expected) + 1e-44)) {
      assertThat(found).as(what).isCloseTo(expected, within(tolerance * Math.abs(expected)));
    }
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void unaryFunctionsAreThoseOfMath(UnaryOp op) {
    for (boolean vector : new boolean[] {false, true}) {
      for (DType type : DType.values()) {
        if (type == DType.BOOL || type.isHalf() || !type.isFloating() && !INTEGER.contains(op)) {
          continue;
        }
        double a = type.isFloating() ? 0.7 : 2;
        double b = type.isFloating() ? 1.3 : 5;
        double exactA = type == DType.FLOAT32 ? (float) a : a;
        double exactB = type == DType.FLOAT32 ? (float) b : b;
        for (long n : SIZES) {
          Array x = Samples.random(type, n, n);
          Array out = Samples.empty(type, n);
          kernels(vector).unary(op, x, a, b, out);
          double tolerance = type == DType.FLOAT32 ? 4e-7 : 1e-14;
          for (long i = 0; i < n; i++) {
            double v = Samples.get(x, i);
            double expected = unary(op, v, exactA, exactB);
            if (op == UnaryOp.AFFINE && type.isFloating()) {
              assertThat(Samples.get(out, i)).isCloseTo(expected, within(tolerance * 4));
            } else {
              assertClose(Samples.get(out, i), expected, tolerance, op + "(" + v + ")" + vector);
            }
          }
          byte[] apart = Samples.bytes(out);
          kernels(vector).unary(op, x, a, b, x);
          assertThat(Samples.bytes(x)).as("in place").isEqualTo(apart);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void specialValuesFollowMath(UnaryOp op) {
    double[] special = {
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      0.0,
      -0.0,
      1,
      -1,
      1e-30f,
      -1e-30f,
      1e-42f,
      88.6f,
      88.73f,
      89f,
      -87.5f,
      -100f,
      -103.5f,
      -105f,
      1e30f,
      -1e30f,
      Float.MAX_VALUE,
      1e-7f,
      -1e-7f,
      20,
      -20,
      0.5f,
      2,
      1e-3f,
      -1e-3f
    };
    for (boolean vector : new boolean[] {false, true}) {
      Array x = Samples.of(DType.FLOAT32, i -> special[(int) i], special.length);
      Array out = Samples.empty(DType.FLOAT32, special.length);
      kernels(vector).unary(op, x, 0.5, 1.5, out);
      for (int i = 0; i < special.length; i++) {
        double expected = (float) unary(op, Samples.get(x, i), 0.5, 1.5);
        assertClose(
            Samples.get(out, i), expected, 5e-7, op + "(" + special[i] + ") vector " + vector);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = UnaryOp.class,
      names = {"EXP", "LOG", "TANH", "SIGMOID", "SOFTPLUS", "EXPM1", "LOG1P"})
  void vectorFunctionsAreAccurateOverTheirWholeRange(UnaryOp op) {
    int n = 200_000;
    double low = op == UnaryOp.LOG || op == UnaryOp.LOG1P ? Math.log(1e-37) : -87;
    double high = op == UnaryOp.LOG || op == UnaryOp.LOG1P ? Math.log(1e38) : 88;
    Array x =
        Samples.of(
            DType.FLOAT32,
            i -> {
              double t = low + (high - low) * i / n;
              return op == UnaryOp.LOG || op == UnaryOp.LOG1P ? Math.exp(t) : t;
            },
            n);
    Array out = Samples.empty(DType.FLOAT32, n);
    kernels(true).unary(op, x, 0, 0, out);
    double worst = 0;
    for (int i = 0; i < n; i++) {
      double expected = unary(op, Samples.get(x, i), 0, 0);
      worst = Math.max(worst, Math.abs(Samples.get(out, i) - expected) / Math.abs(expected));
    }
    assertThat(worst).isLessThan(3e-7);
  }

  @Test
  void theErrorFunctionHasItsTabulatedValues() {
    assertThat(ErrorFunction.erf(0.5)).isCloseTo(0.5204998778130465, within(1e-15));
    assertThat(ErrorFunction.erf(1)).isCloseTo(0.8427007929497149, within(1e-15));
    assertThat(ErrorFunction.erf(-2)).isCloseTo(-0.9953222650189527, within(1e-15));
    assertThat(ErrorFunction.erf(3)).isCloseTo(0.9999779095030014, within(1e-15));
    assertThat(ErrorFunction.erf(7)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(BinaryOp.class)
  void binaryFunctionsBroadcastLikeNumPy(BinaryOp op) {
    long[][][] shapes = {
      {{0}, {0}},
      {{1}, {1}},
      {{7}, {7}},
      {{33}, {1}},
      {{1}, {33}},
      {{}, {17}},
      {{16, 5}, {5}},
      {{300, 33}, {33}},
      {{300, 33}, {300, 1}},
      {{300, 1}, {300, 33}},
      {{33}, {300, 33}},
      {{4, 1, 6}, {5, 1}},
      {{2, 3, 4, 5}, {3, 1, 5}},
      {{50_000}, {50_000}},
      {{2, 50_001}, {50_001}},
      {{2, 50_001}, {2, 1}},
      {{3, 1}, {1, 40}},
      {{1, 1}, {1}},
      {{1000, 4, 8}, {1000, 4, 1}},
      {{3, 0}, {0}}
    };
    for (boolean vector : new boolean[] {false, true}) {
      for (DType type : DType.values()) {
        if (type.isHalf()) {
          continue;
        }
        boolean logical = LOGICAL.contains(op);
        if (logical != (type == DType.BOOL) && !(op.isComparison() && !logical)) {
          continue;
        }
        if (!type.isFloating() && op.compareTo(BinaryOp.RELU_GRAD) >= 0) {
          continue;
        }
        for (long[][] s : shapes) {
          check(op, type, vector, s[0], s[1]);
        }
      }
    }
  }

  private static void check(BinaryOp op, DType type, boolean vector, long[] left, long[] right) {
    Array x = Samples.random(type, 1, left);
    Array y = Samples.random(type, 2, right);
    if (!type.isFloating() && (op == BinaryOp.DIV || op == BinaryOp.POW)) {
      for (long i = 0; i < y.size(); i++) {
        Samples.set(y, i, Math.abs(Samples.get(y, i)) % 7 + 1);
      }
    }
    Shape shape = Shape.broadcastOrNull(x.shape(), y.shape());
    Array out = Samples.empty(op.isComparison() ? DType.BOOL : type, shape.dims());
    double a = 0.25;
    kernels(vector).binary(op, x, y, a, out);
    for (long i = 0; i < out.size(); i++) {
      double v = Samples.get(x, source(shape, x.shape(), i));
      double w = Samples.get(y, source(shape, y.shape(), i));
      double expected = binary(op, v, w, a);
      if (Double.isNaN(expected)) {
        assertThat(Samples.get(out, i)).isNaN();
        continue;
      }
      if (!type.isFloating()) {
        expected = expected < 0 ? Math.ceil(expected) : Math.floor(expected);
      }
      double tolerance = type == DType.FLOAT32 ? 1e-6 : 1e-14;
      double found = Samples.get(out, i);
      if (!(Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)))) {
        assertThat(found).as(op + " " + type + " " + vector + " at " + i).isEqualTo(expected);
      }
    }
  }

  static long source(Shape out, Shape in, long i) {
    long at = 0;
    for (int axis = 1; axis <= out.rank(); axis++) {
      long index = i % out.dim(-axis);
      i /= out.dim(-axis);
      if (axis <= in.rank() && in.dim(-axis) != 1) {
        at += index * in.product(in.rank() - axis + 1, in.rank());
      }
    }
    return at;
  }

  @Test
  void maximumAndMinimumPropagateNaN() {
    for (boolean vector : new boolean[] {false, true}) {
      Array x = Samples.of(DType.FLOAT32, i -> i == 3 ? Double.NaN : i, 20);
      Array y = Samples.of(DType.FLOAT32, i -> i == 5 ? Double.NaN : 10, 20);
      Array out = Samples.empty(DType.FLOAT32, 20);
      for (BinaryOp op : new BinaryOp[] {BinaryOp.MAX, BinaryOp.MIN}) {
        kernels(vector).binary(op, x, y, 0, out);
        assertThat(Samples.get(out, 3)).isNaN();
        assertThat(Samples.get(out, 5)).isNaN();
        assertThat(Samples.get(out, 15)).isEqualTo(op == BinaryOp.MAX ? 15 : 10);
      }
    }
  }

  @Test
  void longsKeepAllTheirDigits() {
    Array x = Samples.empty(DType.INT64, 2);
    Elements.setInteger(DType.INT64, x.address(), 0, Long.MAX_VALUE - 1);
    Elements.setInteger(DType.INT64, x.address(), 1, (1L << 60) + 1);
    Array one = Samples.of(DType.INT64, i -> 1, 1);
    Array out = Samples.empty(DType.INT64, 2);
    kernels(true).binary(BinaryOp.ADD, x, one, 0, out);
    assertThat(Elements.integer(DType.INT64, out.address(), 0)).isEqualTo(Long.MAX_VALUE);
    kernels(true).unary(UnaryOp.AFFINE, x, 1, -1, out);
    assertThat(Elements.integer(DType.INT64, out.address(), 1)).isEqualTo(1L << 60);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void castsConvertEveryPairOfTypes(DType from) {
    for (DType to : DType.values()) {
      for (long n : SIZES) {
        Array x = Samples.random(from, n, n);
        Array out = Samples.empty(to, n);
        kernels(true).cast(x, out);
        for (long i = 0; i < n; i++) {
          double v = Samples.get(x, i);
          double expected =
              switch (to) {
                case FLOAT32 -> (float) v;
                case FLOAT64 -> v;
                case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) v));
                case BFLOAT16 -> nearest((float) v);
                case INT32, INT64 -> (long) v;
                case BOOL -> v != 0 ? 1 : 0;
              };
          assertThat(Samples.get(out, i)).isEqualTo(expected);
        }
      }
    }
  }

  /** The bfloat16 nearest to v by exact search among the neighbours; of two the even one. */
  private static double nearest(float v) {
    int low = Float.floatToIntBits(v) & 0xFFFF0000;
    double below = Float.intBitsToFloat(low);
    double above = Float.intBitsToFloat(low + 0x10000);
    double toBelow = Math.abs(v - below);
    double toAbove = Math.abs(above - v);
    boolean even = (low >>> 16 & 1) == 0;
    return toBelow < toAbove || toBelow == toAbove && even ? below : above;
  }

  @Test
  void halvesRoundTheirSpecialNumbers() {
    double[] from = {Double.NaN, 1e9, -1e39, 3.4e38, 65519, 65520, 1e-8, 0x1p-133, -0.0};
    double inf = Double.POSITIVE_INFINITY;
    double[] half = {Double.NaN, inf, -inf, inf, 65504, inf, 0, 0, -0.0};
    Array x = Samples.of(DType.FLOAT32, i -> from[(int) i], from.length);
    Array out = Samples.empty(DType.FLOAT16, from.length);
    kernels(true).cast(x, out);
    assertThat(Samples.values(out)).containsExactly(half);
    Array brain = Samples.empty(DType.BFLOAT16, from.length);
    kernels(true).cast(x, brain);
    assertThat(Samples.get(brain, 0)).isNaN();
    assertThat(Samples.get(brain, 2)).isEqualTo(-inf);
    assertThat(Samples.get(brain, 3)).isEqualTo(inf);
    assertThat(Samples.get(brain, 7)).isEqualTo(0x1p-133);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void whereTakesTheOneOrTheOther(DType type) {
    Array c = Samples.random(DType.BOOL, 1, 40, 1);
    Array x = Samples.random(type, 2, 40, 33);
    Array y = Samples.random(type, 3, 33);
    Array out = Samples.empty(type, 40, 33);
    kernels(true).where(c, x, y, out);
    for (long i = 0; i < out.size(); i++) {
      double expected = Samples.get(c, i / 33) != 0 ? Samples.get(x, i) : Samples.get(y, i % 33);
      assertThat(Samples.get(out, i)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, 16, 17, 33, 1000, 100_003})
  void fillRangeAndAxpy(long n) {
    for (DType type : DType.values()) {
      Array out = Samples.empty(type, n);
      for (double value : new double[] {0, 1, type == DType.BOOL ? 1 : 7}) {
        kernels(true).fill(out, value);
        assertThat(Samples.values(out)).containsOnly(n == 0 ? new double[0] : new double[] {value});
      }
      if (type == DType.BOOL || type.isHalf()) {
        continue;
      }
      for (boolean vector : new boolean[] {false, true}) {
        kernels(vector).range(out, 3, 2);
        Array x = Samples.random(type, n, n);
        kernels(vector).axpy(2, x, out);
        for (long i = 0; i < n; i++) {
          double expected = 3 + 2 * i + 2 * Samples.get(x, i);
          double delta = type == DType.FLOAT32 ? 1e-7 * Math.max(8, Math.abs(expected)) : 1e-9;
          assertThat(Samples.get(out, i)).isCloseTo(expected, within(delta));
        }
      }
    }
  }
}
