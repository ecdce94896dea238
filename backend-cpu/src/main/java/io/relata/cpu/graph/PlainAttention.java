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
  private static final boolean SLOPED = SPEC.sloped();

  @Override
  public void run(AttentionTask t, int from, int to, AttentionMemory m) {
    int first = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      for (int h = 0; h < HEADS; h++) {
        double sloped = weigh(t, v, begin, end, h, m, ((long) (begin - first) * HEADS + h) * BYTES);
        if (SLOPED) {
          long at = m.sums() + ((long) (v - from) * HEADS + h) * BYTES;
          PlainMessage.write(DTYPE, at, -sloped);
        }
      }
    }
  }

  /** Weights and sloped weights of a row from {@code at} on; answers the sum of the sloped. */
  private static double weigh(
      AttentionTask t, int v, int begin, int end, int h, AttentionMemory m, long at) {
    long to = m.weights() + at;
    long sloped = m.sloped() + at;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      double term = PlainLogit.term(SPEC, t, getInt(t.columns() + 4L * i), v, i, h);
      write(to, i - begin, PlainLogit.leaky(t, term));
      if (SLOPED) {
        write(sloped, i - begin, term > 0 ? 1 : t.slope());
      }
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
    double total = 0;
    for (int i = begin; i < end; i++) {
      double e = Math.exp(read(to, i - begin) - max);
      write(to, i - begin, sum == 0 ? 0 : e / sum);
      if (SLOPED) {
        write(sloped, i - begin, read(to, i - begin) * read(sloped, i - begin));
        total += read(sloped, i - begin);
      }
    }
    if (SPEC.statistics()) {
      long statistics = t.statistics() + 2L * ((long) v * HEADS + h) * BYTES;
      PlainMessage.write(DTYPE, statistics, max);
      PlainMessage.write(DTYPE, statistics + BYTES, sum);
    }
    return total;
  }

  private static double read(long at, int edge) {
    return PlainMessage.read(DTYPE, at + (long) edge * HEADS * BYTES);
  }

  private static void write(long at, int edge, double x) {
    PlainMessage.write(DTYPE, at + (long) edge * HEADS * BYTES, x);
  }
}
