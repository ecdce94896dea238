package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.spi.AttentionCall;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The loops of weighted sums and dot products as attention uses them, on a worker's memory. */
final class AttentionSums {
  /** Rows of which {@link #selfTask} and {@link #selfDots} can do as many at a time. */
  static final int ROWS = 1_024;

  /** 0, 1, 2 and so on: the index of a graph in which every node is its own neighbour. */
  private static final MemorySegment SELF = counting(ROWS + 1);

  private final Loops loops;

  AttentionSums(Loops loops) {
    this.loops = loops;
  }

  private static MemorySegment counting(int count) {
    MemorySegment s = Arena.global().allocate(4L * count, 64);
    for (int i = 0; i < count; i++) {
      Native.putInt(s.address() + 4L * i, i);
    }
    return s;
  }

  /** Loops that work on the same rows one after the other. */
  record Passes(List<RowLoop> loops, List<VectorPasses.Pass> passes) {
    void run(RowTask task, int from, int to) {
      for (int p = 0; p < passes.size(); p++) {
        loops.get(p).run(task, passes.get(p).column(), from, to);
      }
    }
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

  Passes sum(AttentionCall call, AttentionSpec spec, boolean accumulate) {
    FeaturePlan plan = weighted(call);
    LoopSpec loop = loop(Target.E, Reducer.SUM, spec.dtype(), plan.layout(), accumulate);
    if (!spec.onVectors()) {
      return plain("PlainSpmm", loop);
    }
    return VectorPasses.weighted(plan)
        ? passes("VectorWeightedSum", loop, VectorPasses.straight(plan))
        : passes("VectorSum", loop, VectorPasses.of(plan, false));
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

  Passes dot(AttentionCall call, AttentionSpec spec) {
    int heads = call.heads();
    int size = heads * call.width();
    FeaturePlan plan =
        new FeaturePlan(
            Layout.OUT_GROUPED, size, size, size, heads, call.width(), null, null, null);
    LoopSpec loop = loop(Target.V, null, spec.dtype(), plan.layout(), false);
    if (!spec.onVectors()) {
      return plain("PlainSddmm", loop);
    }
    if (VectorPasses.rowDots(plan)) {
      return passes("VectorRowDot", loop, VectorPasses.rowDot(plan));
    }
    return VectorPasses.headDots(plan)
        ? passes("VectorHeadDot", loop, List.of(VectorPasses.heads(plan)))
        : passes("VectorDot", loop, VectorPasses.perEdge(plan));
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
      Target rhs, Reducer reducer, DType dtype, Layout layout, boolean accumulate) {
    return new LoopSpec(
        MessageOp.MUL, Target.U, rhs, reducer, dtype, layout, true, false, accumulate, null);
  }

  private Passes plain(String template, LoopSpec spec) {
    VectorPasses.Pass all = new VectorPasses.Pass(0, null);
    return new Passes(List.of(loops.rows(template, spec)), List.of(all));
  }

  private Passes passes(String template, LoopSpec spec, List<VectorPasses.Pass> passes) {
    List<RowLoop> copies = new ArrayList<>();
    for (VectorPasses.Pass p : passes) {
      copies.add(loops.rows(template, spec.on(p.lanes())));
    }
    return new Passes(copies, passes);
  }
}
