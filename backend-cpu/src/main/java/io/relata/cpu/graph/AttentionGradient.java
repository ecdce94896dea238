package io.relata.cpu.graph;

import static io.relata.cpu.Native.getDouble;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putDouble;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.Native.putInt;

import io.relata.DType;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;

/**
 * The gradient of attention for some rows at a time. With w the weights, s the weights times the
 * slope of the leaky relu at their logits and g the result's gradient, that of a source's term is
 * {@code Σ s (g[v] · values[u] - g[v] · out[v]) = values[u] · Σ s g[v] - Σ s (g[v] · out[v])}: like
 * that of its values, {@code Σ w g[v]}, a weighted sum of rows, and no edge needs a dot product.
 * That of a destination's term is its gradient times the derivative that the forward pass kept.
 *
 * @param dot dot products by head
 * @param sum weighted sums
 * @param weigh makes the weights again
 * @param table of {@link VectorAttentionTable}; null without vectors
 */
record AttentionGradient(
    AttentionGradCall call,
    AttentionSpec spec,
    AttentionTask task,
    RowPasses dot,
    RowPasses sum,
    AttentionLoop weigh,
    AttentionLoop table) {
  /** Runs of scratch memory. */
  private static final int RUNS = 6;

  private long heads() {
    return (long) spec.heads() * spec.bytes();
  }

  private long width() {
    return heads() * call.forward().width();
  }

  /**
   * The gradients of some destinations' terms, result times gradient of each destination and head,
   * and on vectors the table.
   */
  void destinations(int from, int to) {
    AttentionCall forward = call.forward();
    long gradient = call.gradient().address() + from * width();
    long out = forward.out().address() + from * width();
    if (forward.derivative() != null) {
      long derivative = forward.derivative().address() + from * width();
      long own = call.dDestination().address() + from * heads();
      dot.run(AttentionSums.selfDots(forward, gradient, derivative, own), 0, to - from);
    }
    if (table == null) {
      long own = task.table() + from * heads();
      dot.run(AttentionSums.selfDots(forward, gradient, out, own), 0, to - from);
    } else {
      long dots = RowScratch.block(heads() * (to - from));
      dot.run(AttentionSums.selfDots(forward, gradient, out, dots), 0, to - from);
      table.run(task, from, to, new AttentionMemory(0, 0, 0, dots, 0, 0));
    }
  }

  /** The gradients of some sources' terms and values, and those of their edges where asked for. */
  void sources(int from, int to) {
    int first = getInt(task.offsets() + 4L * from);
    int last = getInt(task.offsets() + 4L * to);
    if (last - first <= CpuAttention.EDGES) {
      long scratch = block(last - first, to - from);
      sums(task, scratch, from, to, call.dValues().address());
      return;
    }
    for (int at = first; at < last; at += CpuAttention.EDGES) {
      int end = Math.min(last, at + CpuAttention.EDGES);
      long scratch = block(end - at, 1);
      long offsets = scratch + RUNS * heads() * (end - at) + CpuAttention.ROOM + width() + heads();
      putInt(offsets, at);
      putInt(offsets + 4, end);
      if (at == first) {
        AttentionTask part = task.part(offsets - 4L * from, task.dSource());
        sums(part, scratch, from, to, call.dValues().address());
      } else {
        long values = offsets + 8;
        long terms = values + width();
        AttentionTask part = task.part(offsets - 4L * from, terms - from * heads());
        sums(part, scratch, from, to, values - from * width());
        DType dtype = spec.dtype();
        add(dtype, values, call.dValues().address() + from * width(), width() / spec.bytes());
        add(dtype, terms, task.dSource() + from * heads(), spec.heads());
      }
    }
  }

  private long block(int edges, int rows) {
    return RowScratch.block(
        RUNS * heads() * edges + CpuAttention.ROOM + (width() + heads()) * (rows + 1) + 8);
  }

  private void sums(AttentionTask t, long scratch, int from, int to, long dValues) {
    AttentionCall forward = call.forward();
    int first = getInt(t.offsets() + 4L * from);
    long bytes = heads() * (getInt(t.offsets() + 4L * to) - first);
    long room = scratch + RUNS * bytes;
    long rows = room + CpuAttention.ROOM;
    AttentionMemory m =
        new AttentionMemory(
            scratch, scratch + bytes, scratch + 2 * bytes, scratch + 5 * bytes, 0, room);
    long values = forward.values().address();
    long gradient = call.gradient().address();
    long shift = heads() * first;
    if (spec.edgeGradient()) {
      RowTask edges =
          AttentionSums.dotTask(
              t.offsets(), t.columns(), gradient, values, m.dots() - shift, forward);
      dot.run(edges, from, to);
    }
    weigh.run(t, from, to, m);
    RowTask weighted =
        AttentionSums.sumTask(
            forward, t.offsets(), t.columns(), gradient, m.weights() - shift, dValues);
    sum.run(weighted, from, to);
    sum.run(weighted.with(m.sloped() - shift, rows - from * width()), from, to);
    long dots = rows + width() * (to - from);
    dot.run(AttentionSums.selfDots(forward, rows, values + from * width(), dots), 0, to - from);
    add(spec.dtype(), dots, t.dSource() + from * heads(), (long) (to - from) * spec.heads());
  }

  private static void add(DType dtype, long x, long to, long count) {
    for (long i = 0; i < count; i++) {
      if (dtype == DType.FLOAT32) {
        putFloat(to + 4 * i, getFloat(to + 4 * i) + getFloat(x + 4 * i));
      } else {
        putDouble(to + 8 * i, getDouble(to + 8 * i) + getDouble(x + 8 * i));
      }
    }
  }
}
