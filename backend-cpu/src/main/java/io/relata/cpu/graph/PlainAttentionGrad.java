package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/**
 * Template of the attention weights, made again, and the gradients of the logits for the edges that
 * leave some sources, without vectors. Leaves the weights in scratch memory, writes the gradients
 * by edge id, and their sums by source, made in double in the order of edge ids. Allocates nothing.
 */
final class PlainAttentionGrad implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final DType DTYPE = SPEC.dtype();
  private static final int BYTES = SPEC.bytes();
  private static final int HEADS = SPEC.heads();

  @Override
  public void run(AttentionTask t, int from, int to, long scratch, long dots) {
    int first = getInt(t.offsets() + 4L * from);
    for (int u = from; u < to; u++) {
      int end = getInt(t.offsets() + 4L * u + 4);
      for (int h = 0; h < HEADS; h++) {
        double sum = 0;
        for (int i = getInt(t.offsets() + 4L * u); i < end; i++) {
          long at = ((long) (i - first) * HEADS + h) * BYTES;
          sum += edge(t, u, i, h, scratch + at, PlainMessage.read(DTYPE, dots + at));
        }
        PlainMessage.write(DTYPE, t.dSource() + ((long) u * HEADS + h) * BYTES, sum);
      }
    }
  }

  /** The gradient of one edge's sum of terms; leaves its weight at {@code weight}. */
  private static double edge(AttentionTask t, int u, int slot, int h, long weight, double dot) {
    int destination = getInt(t.columns() + 4L * slot);
    long v = (long) destination * HEADS + h;
    double term = PlainLogit.term(SPEC, t, u, destination, slot, h);
    double logit = PlainMessage.round(DTYPE, PlainLogit.leaky(t, term));
    double max = PlainMessage.read(DTYPE, t.statistics() + 2 * v * BYTES);
    double sum = PlainMessage.read(DTYPE, t.statistics() + (2 * v + 1) * BYTES);
    double w = sum == 0 ? 0 : Math.exp(logit - max) / sum;
    PlainMessage.write(DTYPE, weight, w);
    double d = w * (dot - PlainMessage.read(DTYPE, t.rowDots() + v * BYTES));
    d = term > 0 ? d : t.slope() * d;
    long edge = SPEC.identity() ? slot : getInt(t.edgeIds() + 4L * slot);
    PlainMessage.write(DTYPE, t.dEdge() + (edge * HEADS + h) * BYTES, d);
    return d;
  }
}
