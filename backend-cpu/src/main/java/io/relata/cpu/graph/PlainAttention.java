package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/**
 * Template of the attention weights of some rows without vectors. Logits are rounded to the element
 * type, sums made in double in the order of edge ids. Allocates nothing.
 */
final class PlainAttention implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final DType DTYPE = SPEC.dtype();
  private static final int BYTES = SPEC.bytes();
  private static final int HEADS = SPEC.heads();

  @Override
  public void run(AttentionTask t, int from, int to, long scratch, long dots) {
    int first = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      for (int h = 0; h < HEADS; h++) {
        weigh(t, v, begin, end, h, scratch + ((long) (begin - first) * HEADS + h) * BYTES);
      }
    }
  }

  private static void weigh(AttentionTask t, int v, int begin, int end, int h, long to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      double term = PlainLogit.term(SPEC, t, getInt(t.columns() + 4L * i), v, i, h);
      write(to, i - begin, PlainLogit.leaky(t, term));
      // A NaN is passed over here and comes back with the exponential.
      double y = read(to, i - begin);
      max = y > max ? y : max;
    }
    if (max == Double.NEGATIVE_INFINITY) {
      max = 0;
    }
    double sum = 0;
    for (int i = begin; i < end; i++) {
      sum += Math.exp(read(to, i - begin) - max);
    }
    for (int i = begin; i < end; i++) {
      double e = Math.exp(read(to, i - begin) - max);
      write(to, i - begin, sum == 0 ? 0 : e / sum);
    }
    if (SPEC.statistics()) {
      long at = t.statistics() + 2L * ((long) v * HEADS + h) * BYTES;
      PlainMessage.write(DTYPE, at, max);
      PlainMessage.write(DTYPE, at + BYTES, sum);
    }
  }

  private static double read(long at, int edge) {
    return PlainMessage.read(DTYPE, at + (long) edge * HEADS * BYTES);
  }

  private static void write(long at, int edge, double x) {
    PlainMessage.write(DTYPE, at + (long) edge * HEADS * BYTES, x);
  }
}
