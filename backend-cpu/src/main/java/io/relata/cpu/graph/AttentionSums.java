package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.spi.AttentionCall;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The loops of weighted sums and dot products as attention uses them, on a worker's memory. */
final class AttentionSums {
  /** Rows of which {@link #selfTask} and {@link #selfDots} can do as many at a time. */
  static final int ROWS = 1_024;

  /** 0, 1, 2 and so on: the index of a graph in which every node is its own neighbour. */
  private static final MemorySegment SELF = counting(ROWS + 1);

  private final LoopChoice choice;

  AttentionSums(LoopChoice choice) {
    this.choice = choice;
  }

  private static MemorySegment counting(int count) {
    MemorySegment s = Arena.global().allocate(4L * count, 64);
    for (int i = 0; i < count; i++) {
      Native.putInt(s.address() + 4L * i, i);
    }
    return s;
  }

  /** How a row meets its edge's weights. */
  private static FeaturePlan weighted(AttentionCall call) {
    int heads = call.heads();
    int size = heads * call.width();
    return call.width() == 1
        ? new FeaturePlan(Layout.SAME, size, size, heads, size, 1, null, null, null)
        : new FeaturePlan(
            Layout.RHS_GROUPED, size, size, heads, size, call.width(), null, null, null);
  }

  RowPasses sum(AttentionCall call, boolean accumulate) {
    FeaturePlan plan = weighted(call);
    return choice.reducing(loop(call, Target.E, Reducer.SUM, plan, accumulate), plan);
  }

  /** Adds rows times a number for each head to as many others. */
  static RowTask selfTask(AttentionCall call, long rows, long weights, long out) {
    return sumTask(call, SELF.address(), SELF.address(), rows, weights, out);
  }

  static RowTask sumTask(
      AttentionCall call, long offsets, long columns, long rows, long weights, long out) {
    int heads = call.heads();
    int size = heads * call.width();
    return new RowTask(
        offsets, columns, 0, rows, weights, out, 0, size, heads, size, call.width(), null);
  }

  RowPasses dot(AttentionCall call) {
    int heads = call.heads();
    int size = heads * call.width();
    FeaturePlan plan =
        new FeaturePlan(
            Layout.OUT_GROUPED, size, size, size, heads, call.width(), null, null, null);
    return choice.perEdge(loop(call, Target.V, null, plan, false), plan);
  }

  /** Dot products of as many rows with others. */
  static RowTask selfDots(AttentionCall call, long rows, long others, long out) {
    return dotTask(SELF.address(), SELF.address(), rows, others, out, call);
  }

  static RowTask dotTask(
      long offsets, long columns, long gathered, long own, long out, AttentionCall call) {
    int size = call.heads() * call.width();
    return new RowTask(
        offsets, columns, 0, gathered, own, out, 0, size, size, call.heads(), call.width(), null);
  }

  private static LoopSpec loop(
      AttentionCall call, Target rhs, Reducer reducer, FeaturePlan plan, boolean accumulate) {
    return new LoopSpec(
        MessageOp.MUL,
        Target.U,
        rhs,
        reducer,
        call.out().dtype(),
        plan.layout(),
        true,
        false,
        accumulate,
        null);
  }
}
