package io.relata;

import io.relata.spi.Array;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Operations that move elements without changing them, and their gradients. */
final class Movement {
  /** Host memory that a copy between runtimes takes at most. */
  private static final long TRANSFER_BYTES = 16L << 20;

  private Movement() {}

  /** A view: shares the memory. */
  static Tensor reshape(Tensor x, Shape shape) {
    if (shape.size() != x.size()) {
      throw RelataException.of(ErrorId.SHAPE, "A reshape must keep the number of elements")
          .expected(x.size() + " elements, as in " + x.shape())
          .found(shape.size() + " elements in " + shape)
          .build();
    }
    if (shape.equals(x.shape())) {
      return x;
    }
    Shape old = x.shape();
    Tensor out = new Tensor(x.relata(), x.array().reshape(shape));
    return Tensor.record("reshape", out, g -> new Tensor[] {reshape(g, old)}, x);
  }

  /** Fills in one size given as -1. */
  static Shape infer(Tensor x, long... dims) {
    int unknown = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1) {
        if (unknown >= 0) {
          throw RelataException.of(ErrorId.SHAPE, "Only one size can be inferred")
              .found(Arrays.toString(dims))
              .build();
        }
        unknown = i;
      } else {
        known *= dims[i];
      }
    }
    long[] d = dims.clone();
    if (unknown >= 0) {
      d[unknown] = known == 0 ? 0 : x.size() / known;
    }
    return Shape.of(d);
  }

  static Tensor permute(Tensor x, int... axes) {
    Shape s = x.shape();
    int n = s.rank();
    int[] order = Arrays.stream(axes).map(s::axis).toArray();
    int[] inverse = new int[n];
    Arrays.fill(inverse, -1);
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    if (order.length != n || Arrays.stream(inverse).anyMatch(i -> i < 0)) {
      throw RelataException.of(ErrorId.AXIS, "A permutation names every axis once")
          .expected(n + " different axes for shape " + s)
          .found(Arrays.toString(axes))
          .build();
    }
    long[] dims = new long[n];
    long[] strides = new long[n];
    long[] from = s.strides();
    for (int i = 0; i < n; i++) {
      dims[i] = s.dim(order[i]);
      strides[i] = from[order[i]];
    }
    Shape shape = Shape.of(dims);
    Tensor out = x.relata().empty(x.dtype(), shape);
    x.relata().kernels().copy(dims, x, 0, strides, out, 0, shape.strides());
    return Tensor.record("permute", out, g -> new Tensor[] {permute(g, inverse)}, x);
  }

  static Tensor expand(Tensor x, Shape shape) {
    if (shape.equals(x.shape())) {
      return x;
    }
    Shape common = Shape.broadcastOrNull(x.shape(), shape);
    if (common == null || !common.equals(shape)) {
      throw RelataException.of(ErrorId.SHAPE, "The tensor cannot be expanded to this shape")
          .expected("sizes equal to " + x.shape() + " or in place of a 1")
          .found(shape.toString())
          .build();
    }
    long[] strides = new long[shape.rank()];
    long[] from = x.shape().strides();
    int extra = shape.rank() - x.shape().rank();
    for (int i = extra; i < strides.length; i++) {
      strides[i] = x.shape().dim(i - extra) == 1 ? 0 : from[i - extra];
    }
    Tensor out = x.relata().empty(x.dtype(), shape);
    x.relata().kernels().copy(shape.dims(), x, 0, strides, out, 0, shape.strides());
    Shape old = x.shape();
    return Tensor.record("expand", out, g -> new Tensor[] {Elementwise.sumTo(g, old)}, x);
  }

  /** Elements from..to-1 along an axis; along the first axis a view. */
  static Tensor slice(Tensor x, int axis, long from, long to) {
    Shape s = x.shape();
    int a = s.axis(axis);
    long n = s.dim(a);
    if (from < 0 || to < from || to > n) {
      throw RelataException.of(ErrorId.INDEX, "The slice leaves the axis")
          .where("slice along axis " + a + " of shape " + s)
          .expected("0 <= from <= to <= " + n)
          .found("from " + from + " to " + to)
          .build();
    }
    Shape shape = s.with(a, to - from);
    long[] strides = s.strides();
    Tensor out;
    if (a == 0) {
      Array array = x.array();
      long offset = array.offset() + from * strides[0] * x.dtype().bytes();
      out = new Tensor(x.relata(), new Array(array.storage(), offset, x.dtype(), shape));
    } else {
      out = x.relata().empty(x.dtype(), shape);
      x.relata()
          .kernels()
          .copy(shape.dims(), x, from * strides[a], strides, out, 0, shape.strides());
    }
    return Tensor.record(
        "slice",
        out,
        (g, sums) -> {
          Tensor sum = a == 0 ? sums.soFar(0) : null;
          if (sum != null) {
            g.relata().kernels().axpy(1, g, slice(sum, 0, from, to));
            return new Tensor[1];
          }
          Tensor dx = g.relata().zeros(g.dtype(), s.dims());
          g.relata()
              .kernels()
              .copy(shape.dims(), g, 0, shape.strides(), dx, from * strides[a], strides);
          return new Tensor[] {dx};
        },
        x);
  }

  /**
   * Slices that follow each other. Their gradients meet in one array, where those of single slices
   * would be an array of the whole's size each.
   */
  static List<Tensor> split(Tensor x, int axis, long... sizes) {
    int a = x.shape().axis(axis);
    if (Arrays.stream(sizes).sum() != x.shape().dim(a)
        || Arrays.stream(sizes).anyMatch(n -> n < 0)) {
      throw RelataException.of(ErrorId.ARGUMENT, "The sizes do not fill the axis")
          .where("split along axis " + a + " of shape " + x.shape())
          .expected("sizes, none negative, that add up to " + x.shape().dim(a))
          .found(Arrays.toString(sizes))
          .build();
    }
    Tensor[] gradient = new Tensor[1];
    // Only the parts read this view, so the walk back reaches it when all of them have written.
    Tensor whole =
        Tensor.record(
            "split",
            new Tensor(x.relata(), x.array()),
            g -> {
              gradient[0] = null;
              return new Tensor[] {g};
            },
            x);
    List<Tensor> parts = new ArrayList<>();
    long at = 0;
    for (long size : sizes) {
      long from = at;
      Tensor part = slice(x.detach(), a, from, from + size);
      parts.add(
          Tensor.record(
              "split",
              part,
              g -> {
                boolean first = gradient[0] == null;
                if (first) {
                  gradient[0] = g.relata().zeros(g.dtype(), x.shape().dims());
                }
                long[] strides = x.shape().strides();
                g.relata()
                    .kernels()
                    .copy(
                        g.shape().dims(),
                        g,
                        0,
                        g.shape().strides(),
                        gradient[0],
                        from * strides[a],
                        strides);
                return new Tensor[] {first ? gradient[0] : null};
              },
              whole));
      at += size;
    }
    return List.copyOf(parts);
  }

  static Tensor concat(int axis, List<Tensor> parts) {
    if (parts.isEmpty()) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is nothing to concatenate").build();
    }
    Tensor first = parts.getFirst();
    int a = first.shape().axis(axis);
    long total = 0;
    for (Tensor t : parts) {
      first.requireSameRuntime("concat", t);
      if (t.dtype() != first.dtype()
          || t.shape().rank() != first.shape().rank()
          || !t.shape().with(a, 0).equals(first.shape().with(a, 0))) {
        throw RelataException.of(ErrorId.SHAPE, "The parts do not fit together")
            .where("concat along axis " + a)
            .expected(first.dtype() + " " + first.shape() + " but for that axis")
            .found(t.dtype() + " " + t.shape())
            .build();
      }
      total += t.shape().dim(a);
    }
    Shape shape = first.shape().with(a, total);
    long[] strides = shape.strides();
    Tensor out = first.relata().empty(first.dtype(), shape);
    long start = 0;
    for (Tensor t : parts) {
      first
          .relata()
          .kernels()
          .copy(t.shape().dims(), t, 0, t.shape().strides(), out, start * strides[a], strides);
      start += t.shape().dim(a);
    }
    Tensor[] inputs = parts.toArray(Tensor[]::new);
    long[] sizes = parts.stream().mapToLong(t -> t.shape().dim(a)).toArray();
    boolean[] wanted = new boolean[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      wanted[i] = inputs[i].requiresGrad();
    }
    return Tensor.record(
        "concat",
        out,
        g -> {
          Tensor[] gradients = new Tensor[sizes.length];
          long at = 0;
          for (int i = 0; i < sizes.length; i++) {
            gradients[i] = wanted[i] ? slice(g, a, at, at + sizes[i]) : null;
            at += sizes[i];
          }
          return gradients;
        },
        inputs);
  }

  static Tensor cast(Tensor x, DType dtype) {
    if (x.dtype() == dtype) {
      return x;
    }
    DType old = x.dtype();
    Tensor out = x.relata().kernels().cast(x, dtype);
    return dtype.ofGradient().isFloating() && old.ofGradient().isFloating()
        ? Tensor.record("to", out, g -> new Tensor[] {cast(g, old.ofGradient())}, x)
        : out;
  }

  /** The same elements in another runtime's memory, a stretch at a time through the host. */
  static Tensor transfer(Tensor x, Relata other) {
    Relata own = x.relata();
    if (own == other) {
      return x;
    }
    Tensor out = other.empty(x.dtype(), x.shape());
    int width = x.dtype().bytes();
    long stretch = Math.min(x.size(), TRANSFER_BYTES / width);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(stretch * width, 64);
      for (long at = 0; at < x.size(); at += stretch) {
        long n = Math.min(stretch, x.size() - at);
        MemorySegment part = host.asSlice(0, n * width);
        own.backend().copyOut(stretch(x, at, n), part);
        other.backend().copyIn(part, stretch(out, at, n));
      }
    }
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(out);
    return Tensor.record("to", out, g -> new Tensor[] {transfer(g, own)}, x);
  }

  private static Array stretch(Tensor t, long from, long count) {
    Array a = t.array();
    return new Array(
        a.storage(), a.offset() + from * a.dtype().bytes(), a.dtype(), Shape.of(count));
  }

  /** Rows (or slices along another axis) by index. */
  static Tensor indexSelect(Tensor x, int axis, Tensor index) {
    x.requireSameRuntime("indexSelect", index);
    int a = x.shape().axis(axis);
    requireIndex("indexSelect", index, x.shape().dim(a));
    if (a != 0) {
      int[] order = new int[x.shape().rank()];
      for (int i = 0; i < order.length; i++) {
        order[i] = i == 0 ? a : i <= a ? i - 1 : i;
      }
      int[] back = new int[order.length];
      for (int i = 0; i < order.length; i++) {
        back[order[i]] = i;
      }
      return permute(indexSelect(permute(x, order), 0, index), back);
    }
    Tensor out = x.relata().kernels().gatherRows(x, index);
    long rows = x.shape().dim(0);
    Shape row = x.shape().row();
    return Tensor.record(
        "indexSelect",
        out,
        g -> {
          Tensor dx = g.relata().zeros(g.dtype(), row.prepend(rows).dims());
          g.relata().kernels().scatterAddRows(g, index, dx);
          return new Tensor[] {dx};
        },
        x);
  }

  /** A new tensor: x with row i of {@code rows} added to its row index[i]. */
  static Tensor indexAdd(Tensor x, Tensor index, Tensor rows) {
    Elementwise.notHalf("indexAdd", x);
    x.requireSameRuntime("indexAdd", index);
    x.requireSameRuntime("indexAdd", rows);
    requireIndex("indexAdd", index, x.shape().dim(0));
    if (!rows.shape().equals(x.shape().row().prepend(index.size())) || rows.dtype() != x.dtype()) {
      throw RelataException.of(ErrorId.SHAPE, "The rows do not fit")
          .where("indexAdd")
          .expected(x.dtype() + " " + x.shape().row().prepend(index.size()))
          .found(rows.dtype() + " " + rows.shape())
          .build();
    }
    Tensor out = x.detach().copy();
    x.relata().kernels().scatterAddRows(rows, index, out);
    return Tensor.record("indexAdd", out, g -> new Tensor[] {g, indexSelect(g, 0, index)}, x, rows);
  }

  private static void requireIndex(String name, Tensor index, long limit) {
    if ((index.dtype() != DType.INT32 && index.dtype() != DType.INT64)
        || index.shape().rank() != 1) {
      throw RelataException.of(ErrorId.DTYPE, "An index is a list of integers")
          .where(name)
          .expected("INT32 or INT64 of shape (M,)")
          .found(index.dtype() + " " + index.shape())
          .build();
    }
    long bad = index.relata().kernels().firstOutside(index, limit);
    if (bad >= 0) {
      throw RelataException.of(ErrorId.INDEX, "An index is outside its range")
          .where(name + ", position " + bad)
          .expected("0 to " + (limit - 1))
          .found(Long.toString(index.toLongArray()[(int) bad]))
          .build();
    }
  }
}
