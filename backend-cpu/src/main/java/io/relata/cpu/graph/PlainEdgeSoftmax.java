package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/**
 * Template of the softmax over the edges of each row without vectors, and of its gradient where the
 * copy has a right operand. Sums in double, in the order of edge ids; allocates nothing.
 */
final class PlainEdgeSoftmax implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean GRADIENT = SPEC.rhs() != null;

  @Override
  public void run(RowTask t, int column, int from, int to) {
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      for (int h = 0; h < t.outSize(); h++) {
        if (GRADIENT) {
          gradient(t, begin, end, h);
        } else {
          softmax(t, begin, end, h);
        }
      }
    }
  }

  private static void softmax(RowTask t, int begin, int end, int h) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      max = Math.max(max, PlainMessage.read(TYPE, t.lhs() + at(t, i, h)));
    }
    if (max == Double.NEGATIVE_INFINITY) {
      max = 0;
    }
    double sum = 0;
    for (int i = begin; i < end; i++) {
      sum += Math.exp(PlainMessage.read(TYPE, t.lhs() + at(t, i, h)) - max);
    }
    for (int i = begin; i < end; i++) {
      long at = at(t, i, h);
      double e = Math.exp(PlainMessage.read(TYPE, t.lhs() + at) - max);
      PlainMessage.write(TYPE, t.out() + at, sum == 0 ? 0 : e / sum);
    }
  }

  private static void gradient(RowTask t, int begin, int end, int h) {
    double sum = 0;
    for (int i = begin; i < end; i++) {
      long at = at(t, i, h);
      sum += PlainMessage.read(TYPE, t.lhs() + at) * PlainMessage.read(TYPE, t.rhs() + at);
    }
    for (int i = begin; i < end; i++) {
      long at = at(t, i, h);
      PlainMessage.write(
          TYPE,
          t.out() + at,
          PlainMessage.read(TYPE, t.lhs() + at) * (PlainMessage.read(TYPE, t.rhs() + at) - sum));
    }
  }

  private static long at(RowTask t, int slot, int h) {
    int edge = IDENTITY ? slot : getInt(t.edgeIds() + 4L * slot);
    return ((long) edge * t.outSize() + h) * BYTES;
  }
}
