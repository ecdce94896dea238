package io.relata;

import io.relata.spi.ReduceOp;
import java.util.Arrays;
import java.util.Locale;

/** Reductions along axes, softmax, and their gradients. */
final class Reduction {
  private Reduction() {}

  private static Tensor raw(ReduceOp op, Tensor x, int axis, boolean keep) {
    Shape s = x.shape();
    int a = s.axis(axis);
    long n = s.dim(a);
    if (n == 0 && (op == ReduceOp.MAX || op == ReduceOp.MIN)) {
      throw empty(op.name(), s, a);
    }
    return x.relata()
        .kernels()
        .reduce(
            op,
            x,
            s.product(0, a),
            n,
            s.product(a + 1, s.rank()),
            keep ? s.with(a, 1) : s.without(a));
  }

  private static RelataException empty(String name, Shape s, int axis) {
    return RelataException.of(ErrorId.SHAPE, "There is nothing to choose from")
        .where(name.toLowerCase(Locale.ROOT) + " along axis " + axis)
        .expected("at least one element")
        .found("shape " + s)
        .build();
  }

  private static void number(String name, Tensor x) {
    if (x.dtype() == DType.BOOL) {
      throw RelataException.of(ErrorId.DTYPE, "The reduction needs numbers")
          .where(name)
          .found("BOOL")
          .remedy("convert with .to(DType.INT64)")
          .build();
    }
    Elementwise.notHalf(name, x);
  }

  static Tensor sum(Tensor x, int axis, boolean keep) {
    number("sum", x);
    int a = x.shape().axis(axis);
    Shape shape = x.shape();
    return Tensor.record(
        "sum",
        raw(ReduceOp.SUM, x, a, keep),
        g -> new Tensor[] {Movement.expand(g.reshape(shape.with(a, 1)), shape)},
        x);
  }

  static Tensor sum(Tensor x, int[] axes, boolean keep) {
    Tensor t = x;
    for (int a : descending(x, axes)) {
      t = sum(t, a, keep);
    }
    return t;
  }

  static Tensor sumAll(Tensor x) {
    return sum(x.reshape(x.size()), 0, false);
  }

  static Tensor mean(Tensor x, int[] axes, boolean keep) {
    long n = 1;
    for (int a : axes) {
      n *= x.shape().dim(a);
    }
    requireFloating("mean", x);
    return sum(x, axes, keep).div(n);
  }

  static void requireFloating(String name, Tensor x) {
    if (!x.dtype().isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "The operation needs floating-point numbers")
          .where(name)
          .expected("FLOAT32 or FLOAT64")
          .found(x.dtype() + " of shape " + x.shape())
          .remedy("convert with .to(DType.FLOAT32)")
          .build();
    }
  }

  private static int[] descending(Tensor x, int[] axes) {
    int[] a = Arrays.stream(axes).map(x.shape()::axis).sorted().toArray();
    int[] d = new int[a.length];
    for (int i = 0; i < a.length; i++) {
      d[i] = a[a.length - 1 - i];
      if (i > 0 && d[i] == d[i - 1]) {
        throw RelataException.of(ErrorId.AXIS, "An axis is named twice")
            .found(Arrays.toString(axes))
            .build();
      }
    }
    return d;
  }

  /** Largest or smallest along an axis; the first of equal ones gets the gradient. */
  static Tensor extreme(boolean largest, Tensor x, int axis, boolean keep) {
    number(largest ? "max" : "min", x);
    int a = x.shape().axis(axis);
    Shape shape = x.shape();
    Tensor out = raw(largest ? ReduceOp.MAX : ReduceOp.MIN, x, a, keep);
    if (!x.needsRecord()) {
      return out;
    }
    Tensor winner = arg(largest, x, a, true);
    return Tensor.record(
        largest ? "max" : "min",
        out,
        g -> {
          Tensor position =
              g.relata()
                  .arange(0, shape.dim(a), DType.INT64)
                  .reshape(onesExcept(shape.rank(), a, shape.dim(a)));
          Tensor wins = winner.eq(position);
          Tensor zero = g.relata().scalar(0, g.dtype());
          return new Tensor[] {Tensor.where(wins, g.reshape(shape.with(a, 1)), zero)};
        },
        x);
  }

  private static long[] onesExcept(int rank, int axis, long n) {
    long[] d = new long[rank];
    Arrays.fill(d, 1);
    d[axis] = n;
    return d;
  }

  static Tensor arg(boolean largest, Tensor x, int axis, boolean keep) {
    number("argmax", x);
    Shape s = x.shape();
    int a = s.axis(axis);
    if (s.dim(a) == 0) {
      throw empty("argmax", s, a);
    }
    return x.relata()
        .kernels()
        .argReduce(
            largest,
            x,
            s.product(0, a),
            s.dim(a),
            s.product(a + 1, s.rank()),
            keep ? s.with(a, 1) : s.without(a));
  }

  static Tensor prod(Tensor x, int axis, boolean keep) {
    number("prod", x);
    int a = x.shape().axis(axis);
    Shape one = x.shape().with(a, 1);
    Tensor out = raw(ReduceOp.PROD, x, a, keep);
    return Tensor.record(
        "prod", out, g -> new Tensor[] {g.reshape(one).mul(out.reshape(one)).div(x)}, x);
  }

  static Tensor var(Tensor x, int axis, boolean unbiased, boolean keep) {
    requireFloating("var", x);
    long n = x.shape().dim(axis);
    Tensor centred = x.sub(mean(x, new int[] {axis}, true));
    return sum(centred.square(), axis, keep).div(Math.max(1, unbiased ? n - 1 : n));
  }

  static Tensor norm(Tensor x) {
    requireFloating("norm", x);
    Tensor out = x.detach().square().sum().sqrt();
    return Tensor.record(
        "norm",
        out,
        g -> {
          // Where all elements are 0 the quotient would be 0 / 0.
          Tensor zero = g.relata().scalar(0, g.dtype());
          return new Tensor[] {x.mul(Tensor.where(out.eq(0), zero, g.div(out)))};
        },
        x);
  }

  static Tensor softmax(Tensor x, int axis, boolean logarithm) {
    String name = logarithm ? "logSoftmax" : "softmax";
    requireFloating(name, x);
    int a = x.shape().axis(axis);
    if (a != x.shape().rank() - 1) {
      return softmax(x.transpose(a, -1), -1, logarithm).transpose(a, -1);
    }
    Kernels kernels = x.relata().kernels();
    Tensor y = kernels.softmax(x, logarithm);
    return Tensor.record(name, y, g -> new Tensor[] {kernels.softmaxGrad(y, g, logarithm)}, x);
  }

  static Tensor logSumExp(Tensor x, int axis, boolean keep) {
    requireFloating("logSumExp", x);
    Tensor peak = extreme(true, x.detach(), axis, true);
    // A row of only -inf has no finite peak to subtract.
    Tensor shift = Tensor.where(peak.isFinite(), peak, x.relata().scalar(0, x.dtype()));
    Tensor out = sum(x.sub(shift).exp(), axis, true).log().add(shift);
    return keep ? out : out.squeeze(axis);
  }
}
