package io.relata;

import java.util.Locale;

/** Prints tensors as PyTorch does, with the middle left out of long axes. */
final class TensorText {
  private static final int EDGE = 3;

  private TensorText() {}

  static String of(Tensor t) {
    StringBuilder s = new StringBuilder("tensor(");
    if (t.size() <= 1_000_000) {
      append(s, t, t.toDoubleArray(), 0, 0, 8);
      s.append(", ");
    }
    s.append("shape=").append(t.shape()).append(", dtype=").append(t.dtype());
    return s.append(t.requiresGrad() ? ", requiresGrad)" : ")").toString();
  }

  private static void append(
      StringBuilder s, Tensor t, double[] data, int axis, int at, int indent) {
    Shape shape = t.shape();
    if (axis == shape.rank()) {
      number(s, t.dtype(), data[at]);
      return;
    }
    long n = shape.dim(axis);
    int step = (int) shape.product(axis + 1, shape.rank());
    boolean last = axis == shape.rank() - 1;
    s.append('[');
    for (int i = 0; i < n; i++) {
      if (n > 2 * EDGE + 2 && i == EDGE) {
        s.append(last ? ", ..." : ",\n" + " ".repeat(indent) + "...");
        i = (int) n - EDGE;
      }
      if (i > 0) {
        s.append(last ? ", " : ",\n" + " ".repeat(indent));
      }
      append(s, t, data, axis + 1, at + i * step, indent + 1);
    }
    s.append(']');
  }

  private static void number(StringBuilder s, DType dtype, double v) {
    switch (dtype) {
      case BOOL -> s.append(v != 0);
      case INT32, INT64 -> s.append((long) v);
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 ->
          s.append(
              v == Math.rint(v) && Math.abs(v) < 1e6
                  ? v + ""
                  : String.format(Locale.ROOT, "%.4g", v));
    }
  }
}
