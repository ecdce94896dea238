package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/**
 * Template of {@link VectorAttentionGrad} without vectors: sums are made in double in the order of
 * edge ids. Allocates nothing.
 */
final class PlainAttentionGrad implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final DType DTYPE = SPEC.dtype();
  private static final int BYTES = SPEC.bytes();
  private static final int HEADS = SPEC.heads();

  @Override
  public void run(AttentionTask t, int from, int to, AttentionMemory m) {
    int first = getInt(t.offsets() + 4L * from);
    for (int u = from; u < to; u++) {
      int end = getInt(t.offsets() + 4L * u + 4);
      for (int h = 0; h < HEADS; h++) {
        double sum = 0;
        for (int i = getInt(t.offsets() + 4L * u); i < end; i++) {
          sum -= edge(t, u, i, h, m, ((long) (i - first) * HEADS + h) * BYTES);
        }
        PlainMessage.write(DTYPE, t.dSource() + ((long) u * HEADS + h) * BYTES, sum);
      }
    }
  }

  /** Leaves one edge's weights, and answers the sloped one times its destination's number. */
  private static double edge(AttentionTask t, int u, int slot, int h, AttentionMemory m, long at) {
    int destination = getInt(t.columns() + 4L * slot);
    long v = (long) destination * HEADS + h;
    double term = PlainLogit.term(SPEC, t, u, destination, slot, h);
    double logit = PlainMessage.round(DTYPE, PlainLogit.leaky(t, term));
    double max = PlainMessage.read(DTYPE, t.statistics() + 2 * v * BYTES);
    double sum = PlainMessage.read(DTYPE, t.statistics() + (2 * v + 1) * BYTES);
    double w = sum == 0 ? 0 : Math.exp(logit - max) / sum;
    PlainMessage.write(DTYPE, m.weights() + at, w);
    double sloped = term > 0 ? w : t.slope() * w;
    PlainMessage.write(DTYPE, m.sloped() + at, sloped);
    double rowDot = PlainMessage.read(DTYPE, t.table() + v * BYTES);
    if (SPEC.edgeGradient()) {
      long edge = SPEC.identity() ? slot : getInt(t.edgeIds() + 4L * slot);
      double d = sloped * (PlainMessage.read(DTYPE, m.dots() + at) - rowDot);
      PlainMessage.write(DTYPE, t.dEdge() + (edge * HEADS + h) * BYTES, d);
    }
    return sloped * rowDot;
  }
}
