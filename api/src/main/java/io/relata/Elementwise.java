package io.relata;

import io.relata.spi.BinaryOp;
import io.relata.spi.UnaryOp;
import java.util.Locale;

/** Elementwise operations with NumPy broadcasting, and their gradients. */
final class Elementwise {
  private Elementwise() {}

  /** Derivative of a unary function: the gradient with respect to x from that of the result y. */
  private interface UnaryRule {
    Tensor apply(Tensor g, Tensor x, Tensor y);
  }

  private static Tensor unary(
      String name, UnaryOp op, Tensor x, double a, double b, UnaryRule rule) {
    Tensor y = x.relata().kernels().unary(op, x, a, b);
    return Tensor.record(name, y, g -> new Tensor[] {rule.apply(g, x, y)}, x);
  }

  private static void numeric(String name, Tensor x) {
    if (x.dtype() == DType.BOOL) {
      throw RelataException.of(ErrorId.DTYPE, "The operation needs numbers")
          .where(name)
          .found("BOOL of shape " + x.shape())
          .remedy("convert with .to(DType.FLOAT32)")
          .build();
    }
    notHalf(name, x);
  }

  /** Halves store; they do not compute. */
  static void notHalf(String name, Tensor x) {
    if (x.dtype().isHalf()) {
      throw RelataException.of(ErrorId.DTYPE, "Half precision stores features, it does not compute")
          .where(name)
          .expected("FLOAT32 or FLOAT64")
          .found(x.dtype() + " of shape " + x.shape())
          .remedy("convert with .to(DType.FLOAT32)")
          .build();
    }
  }

  /** The result's gradient times a function of x. */
  private static Tensor times(Tensor g, UnaryOp op, Tensor x, double a, double b) {
    return g.mul(x.relata().kernels().unary(op, x, a, b));
  }

  private static Tensor grad(BinaryOp op, Tensor g, Tensor y, double a) {
    return g.relata().kernels().binary(op, g, y, a, g.shape());
  }

  static Tensor affine(Tensor x, double a, double b) {
    numeric("scalar arithmetic", x);
    return unary("affine", UnaryOp.AFFINE, x, a, b, (g, _, _) -> affine(g, a, 0));
  }

  /** Integers over a number; a product with its reciprocal would round 49 / 49 down to 0. */
  static Tensor divide(Tensor x, double y) {
    numeric("div", x);
    if (y != (int) y || y == 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "Integers are divided by whole numbers but 0")
          .where("div of " + x.dtype() + " of shape " + x.shape())
          .found(Double.toString(y))
          .remedy("convert with .to(DType.FLOAT32) first")
          .build();
    }
    return binary(BinaryOp.DIV, x, x.relata().scalar(y, x.dtype()));
  }

  static Tensor rdiv(double a, Tensor x) {
    Reduction.requireFloating("rdiv", x);
    return unary("rdiv", UnaryOp.RDIV, x, a, 0, (g, _, y) -> g.mul(y).div(x).neg());
  }

  static Tensor pow(Tensor x, double a) {
    Reduction.requireFloating("pow", x);
    // A constant has no slope, also where x^-1 is infinite.
    UnaryRule rule =
        a == 0
            ? (g, _, _) -> g.relata().zeros(g.dtype(), g.shape().dims())
            : (g, v, _) -> times(g, UnaryOp.POW, v, a - 1, 0).mul(a);
    return unary("pow", UnaryOp.POW, x, a, 0, rule);
  }

  static Tensor clamp(Tensor x, double low, double high) {
    numeric("clamp", x);
    return unary(
        "clamp",
        UnaryOp.CLAMP,
        x,
        low,
        high,
        (g, v, _) ->
            Tensor.where(v.ge(low).logicalAnd(v.le(high)), g, g.relata().scalar(0, g.dtype())));
  }

  static Tensor leakyRelu(Tensor x, double slope) {
    Reduction.requireFloating("leakyRelu", x);
    return unary(
        "leakyRelu",
        UnaryOp.LEAKY_RELU,
        x,
        slope,
        0,
        (g, v, _) -> grad(BinaryOp.LEAKY_RELU_GRAD, g, v, slope));
  }

  static Tensor elu(Tensor x, double alpha) {
    Reduction.requireFloating("elu", x);
    return unary(
        "elu", UnaryOp.ELU, x, alpha, 0, (g, _, y) -> grad(BinaryOp.ELU_GRAD, g, y, alpha));
  }

  static Tensor unary(UnaryOp op, Tensor x) {
    String name = op.name().toLowerCase(Locale.ROOT);
    switch (op) {
      case NEG, ABS, SIGN, SQUARE -> numeric(name, x);
      default -> Reduction.requireFloating(name, x);
    }
    UnaryRule rule =
        switch (op) {
          case NEG -> (g, _, _) -> g.neg();
          case ABS -> (g, v, _) -> times(g, UnaryOp.SIGN, v, 0, 0);
          case SIGN, FLOOR, CEIL, ROUND -> (g, _, _) -> g.mul(0);
          case SQUARE -> (g, v, _) -> times(g, UnaryOp.AFFINE, v, 2, 0);
          case SQRT -> (g, _, y) -> times(g, UnaryOp.RDIV, y, 0.5, 0);
          case RSQRT -> (g, _, y) -> times(g, UnaryOp.POW, y, 3, 0).mul(-0.5);
          case RECIPROCAL -> (g, _, y) -> times(g, UnaryOp.SQUARE, y, 0, 0).neg();
          case EXP -> (g, _, y) -> g.mul(y);
          case EXPM1 -> (g, _, y) -> times(g, UnaryOp.AFFINE, y, 1, 1);
          case LOG -> (g, v, _) -> g.div(v);
          case LOG1P -> (g, v, _) -> g.div(affine(v, 1, 1));
          case SIN -> (g, v, _) -> times(g, UnaryOp.COS, v, 0, 0);
          case COS -> (g, v, _) -> times(g, UnaryOp.SIN, v, 0, 0).neg();
          case TANH -> (g, _, y) -> grad(BinaryOp.TANH_GRAD, g, y, 0);
          case SIGMOID -> (g, _, y) -> grad(BinaryOp.SIGMOID_GRAD, g, y, 0);
          case SOFTPLUS -> (g, v, _) -> times(g, UnaryOp.SIGMOID, v, 0, 0);
          case ERF -> (g, v, _) -> g.mul(v.square().neg().exp()).mul(2 / Math.sqrt(Math.PI));
          case RELU -> (g, _, y) -> grad(BinaryOp.RELU_GRAD, g, y, 0);
          case LEAKY_RELU, ELU, AFFINE, POW, RPOW, RDIV, CLAMP ->
              throw new IllegalArgumentException(op + " takes parameters");
        };
    return unary(name, op, x, 0, 0, rule);
  }

  // ---- two operands ----

  /** The common shape, or an error that shows both. */
  static Shape broadcast(String name, Tensor x, Tensor y) {
    x.requireSameRuntime(name, y);
    Shape s = Shape.broadcastOrNull(x.shape(), y.shape());
    if (s == null) {
      throw RelataException.of(ErrorId.SHAPE, "The shapes do not broadcast")
          .where(name)
          .expected("sizes that agree or are 1, compared from the last axis")
          .found(x.shape() + " and " + y.shape())
          .build();
    }
    return s;
  }

  private static void sameType(String name, Tensor x, Tensor y) {
    if (x.dtype() != y.dtype()) {
      throw RelataException.of(ErrorId.DTYPE, "The operands have different types")
          .where(name)
          .expected("one type on both sides")
          .found(x.dtype() + " " + x.shape() + " and " + y.dtype() + " " + y.shape())
          .remedy("convert one with .to(DType." + x.dtype() + ")")
          .build();
    }
  }

  static Tensor binary(BinaryOp op, Tensor x, Tensor y) {
    String name = op.name().toLowerCase(Locale.ROOT);
    Shape shape = broadcast(name, x, y);
    sameType(name, x, y);
    switch (op) {
      case AND, OR, XOR -> {
        if (x.dtype() != DType.BOOL) {
          throw RelataException.of(ErrorId.DTYPE, "The operation needs truth values")
              .where(name)
              .expected("BOOL")
              .found(x.dtype().toString())
              .remedy("compare first, for instance with .gt(0)")
              .build();
        }
      }
      case EQ, NE -> notHalf(name, x);
      case POW -> Reduction.requireFloating(name, x);
      default -> numeric(name, x);
    }
    Tensor out = x.relata().kernels().binary(op, x, y, 0, shape);
    boolean gx = x.requiresGrad();
    boolean gy = y.requiresGrad();
    Shape sx = x.shape();
    Shape sy = y.shape();
    Backward rule =
        switch (op) {
          case ADD -> g -> pair(gx ? sumTo(g, sx) : null, gy ? sumTo(g, sy) : null);
          case SUB -> g -> pair(gx ? sumTo(g, sx) : null, gy ? sumTo(g, sy).neg() : null);
          case MUL -> g -> pair(gx ? sumTo(g.mul(y), sx) : null, gy ? sumTo(g.mul(x), sy) : null);
          case DIV ->
              g ->
                  pair(
                      gx ? sumTo(g.div(y), sx) : null,
                      gy ? sumTo(g.mul(out).div(y).neg(), sy) : null);
          case POW ->
              g ->
                  pair(
                      gx ? sumTo(g.mul(baseSlope(x, y)), sx) : null,
                      gy ? sumTo(g.mul(exponentSlope(x, y, out)), sy) : null);
          case MAX, MIN ->
              g -> {
                Tensor wins = op == BinaryOp.MAX ? x.gt(y) : x.lt(y);
                Tensor share = wins.to(g.dtype()).add(x.eq(y).to(g.dtype()).mul(0.5));
                return pair(
                    gx ? sumTo(g.mul(share), sx) : null,
                    gy ? sumTo(g.mul(share.neg().add(1)), sy) : null);
              };
          case EQ, NE, LT, LE, GT, GE, AND, OR, XOR -> null;
          case RELU_GRAD, LEAKY_RELU_GRAD, ELU_GRAD, SIGMOID_GRAD, TANH_GRAD ->
              throw new IllegalArgumentException(op + " is a gradient");
        };
    return rule == null ? out : Tensor.record(name, out, rule, x, y);
  }

  /** y x^(y-1), and 0 for y = 0 also where x^-1 is infinite. */
  private static Tensor baseSlope(Tensor x, Tensor y) {
    Tensor zero = x.relata().scalar(0, x.dtype());
    return where(y.eq(0), zero, y.mul(x.pow(y.sub(1))));
  }

  /** x^y log x, and its limit 0 for x = 0 and y not negative. */
  private static Tensor exponentSlope(Tensor x, Tensor y, Tensor power) {
    Tensor zero = x.relata().scalar(0, x.dtype());
    return where(x.eq(0).logicalAnd(y.ge(0)), zero, power.mul(x.log()));
  }

  private static Tensor[] pair(Tensor a, Tensor b) {
    return new Tensor[] {a, b};
  }

  static Tensor where(Tensor condition, Tensor x, Tensor y) {
    if (condition.dtype() != DType.BOOL) {
      throw RelataException.of(ErrorId.DTYPE, "The condition is not BOOL")
          .where("where")
          .found(condition.dtype().toString())
          .build();
    }
    sameType("where", x, y);
    broadcast("where", x, y);
    broadcast("where", condition, x);
    broadcast("where", condition, y);
    Shape shape =
        Shape.broadcastOrNull(Shape.broadcastOrNull(x.shape(), y.shape()), condition.shape());
    Tensor out = x.relata().kernels().where(condition, x, y, shape);
    return Tensor.record(
        "where",
        out,
        g -> {
          Tensor zero = g.relata().scalar(0, g.dtype());
          return pair(
              sumTo(where(condition, g, zero), x.shape()),
              sumTo(where(condition, zero, g), y.shape()));
        },
        x,
        y);
  }

  /** Sums a gradient over the axes along which its operand was broadcast. */
  static Tensor sumTo(Tensor g, Shape shape) {
    if (g.shape().equals(shape)) {
      return g;
    }
    Tensor t = g;
    int extra = g.shape().rank() - shape.rank();
    // Neighbouring axes go in one reduction: for a bias that is one pass over the gradient.
    if (extra > 0) {
      long n = t.shape().product(0, extra);
      t = t.reshape(t.shape().slice(extra, t.shape().rank()).prepend(n)).sum(0);
    }
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.dim(i) == 1 && t.shape().dim(i) != 1) {
        t = Reduction.sum(t, i, true);
      }
    }
    return t;
  }
}
