package io.relata;

import java.util.Arrays;

/** The size of a tensor along each axis, immutable; {@code ()} is a scalar. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new long[0]);

  private final long[] dims;
  private final long size;

  private Shape(long[] dims) {
    this.dims = dims;
    long product = 1;
    for (long d : dims) {
      if (d < 0) {
        throw RelataException.of(ErrorId.SHAPE, "A size along an axis is negative")
            .found(Arrays.toString(dims))
            .remedy("sizes are 0 or more")
            .build();
      }
      product = Math.multiplyExact(product, d);
    }
    this.size = product;
  }

  /** The shape with the given sizes. */
  public static Shape of(long... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Number of elements: the product of all sizes, 1 for a scalar. */
  public long size() {
    return size;
  }

  /** Size along {@code axis}; negative axes count from the end. */
  public long dim(int axis) {
    return dims[axis(axis)];
  }

  /** Turns a possibly negative axis into one in 0..rank-1. */
  public int axis(int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw RelataException.of(ErrorId.AXIS, "There is no such axis")
          .expected(
              "an axis from " + -dims.length + " to " + (dims.length - 1) + " of shape " + this)
          .found(Integer.toString(axis))
          .build();
    }
    return a;
  }

  /** A copy of the sizes. */
  public long[] dims() {
    return dims.clone();
  }

  /** Elements in one row: the product of all sizes after the first axis. */
  public long rowSize() {
    return product(1, dims.length);
  }

  /** The product of the sizes along axes {@code from} (inclusive) to {@code to} (exclusive). */
  public long product(int from, int to) {
    long p = 1;
    for (int i = from; i < to; i++) {
      p *= dims[i];
    }
    return p;
  }

  /** This shape without its first axis. */
  public Shape row() {
    return slice(1, dims.length);
  }

  /** The shape made of axes {@code from} (inclusive) to {@code to} (exclusive). */
  public Shape slice(int from, int to) {
    return of(Arrays.copyOfRange(dims, from, to));
  }

  /** This shape with a new first axis of the given size. */
  public Shape prepend(long first) {
    long[] d = new long[dims.length + 1];
    d[0] = first;
    System.arraycopy(dims, 0, d, 1, dims.length);
    return new Shape(d);
  }

  /** This shape with the size along one axis replaced. */
  public Shape with(int axis, long dim) {
    long[] d = dims.clone();
    d[axis(axis)] = dim;
    return new Shape(d);
  }

  /** This shape without one axis. */
  public Shape without(int axis) {
    int a = axis(axis);
    long[] d = new long[dims.length - 1];
    for (int i = 0, j = 0; i < dims.length; i++) {
      if (i != a) {
        d[j++] = dims[i];
      }
    }
    return of(d);
  }

  /** Row-major strides in elements. */
  public long[] strides() {
    long[] s = new long[dims.length];
    long step = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      s[i] = step;
      step *= dims[i];
    }
    return s;
  }

  /** NumPy broadcasting of two shapes, aligned at the last axis; null where they do not agree. */
  public static Shape broadcastOrNull(Shape a, Shape b) {
    int n = Math.max(a.rank(), b.rank());
    long[] d = new long[n];
    for (int i = 1; i <= n; i++) {
      long x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      long y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        return null;
      }
      d[n - i] = x == 1 ? y : x;
    }
    return of(d);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** The sizes in the notation of the documentation, for instance {@code (3, 4)}. */
  @Override
  public String toString() {
    if (dims.length == 1) {
      return "(" + dims[0] + ",)";
    }
    StringBuilder s = new StringBuilder("(");
    for (int i = 0; i < dims.length; i++) {
      s.append(i == 0 ? "" : ", ").append(dims[i]);
    }
    return s.append(')').toString();
  }
}
