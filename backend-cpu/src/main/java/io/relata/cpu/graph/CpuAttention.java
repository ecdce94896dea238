package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.cpu.Workers;
import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Attention in one pass: a worker takes some rows at a time, makes their edges' weights in memory
 * of its own and hands these to the loops of weighted sums, so that what exists of a weight is in
 * the caches. The gradient goes through the edges by source: dot products of values and gradients,
 * the weights again, then the weighted sum of the gradients whose rows are still near.
 */
final class CpuAttention {
  /**
   * Edges taken at a time: their weights stay in the nearest cache, and the rows that the gradient
   * reads twice in the next. A row of more edges is taken alone.
   */
  private static final int FORWARD_EDGES = 1_024;

  private static final int BACKWARD_EDGES = 512;

  /** Rows whose dot products are made at a time. */
  private static final int DOT_ROWS = 1_024;

  /** 0, 1, 2 and so on: the index of a graph in which every node is its own neighbour. */
  private static final MemorySegment SELF = counting(DOT_ROWS + 1);

  private final Workers workers;
  private final boolean vector;
  private final Loops loops;
  private final AtomicReference<MemorySegment> spare = new AtomicReference<>(MemorySegment.NULL);

  CpuAttention(Workers workers, boolean vector, Loops loops) {
    this.workers = workers;
    this.vector = vector;
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
  private record Passes(List<RowLoop> loops, List<VectorPasses.Pass> passes) {
    void run(RowTask task, int from, int to) {
      for (int p = 0; p < passes.size(); p++) {
        loops.get(p).run(task, passes.get(p).column(), from, to);
      }
    }
  }

  /** Something done to rows from one to before another. */
  private interface Rows {
    void run(int from, int to);
  }

  void forward(AttentionCall call) {
    RowIndex index = call.index();
    AttentionSpec spec = spec(call, index);
    AttentionTask task = task(call, index, address(call.statistics()), 0, 0, 0, 0);
    AttentionLoop weigh = loops.attention(name(spec, "Attention"), spec);
    Passes sum = sum(call, spec);
    long bytes = (long) spec.heads() * spec.bytes();
    int runs = call.edge() == null ? 1 : 2;
    overRows(
        index,
        FORWARD_EDGES,
        (from, to) -> {
          int first = getInt(task.offsets() + 4L * from);
          int edges = getInt(task.offsets() + 4L * to) - first;
          long scratch = RowScratch.block(runs * bytes * edges + 64);
          weigh.run(task, from, to, scratch, 0);
          long weights = scratch - bytes * first;
          sum.run(sumTask(call, index, call.values(), weights, call.out()), from, to);
        });
  }

  void backward(AttentionGradCall call, Consumer<SpmmCall> spmm) {
    AttentionCall forward = call.forward();
    RowIndex index = call.bySource();
    AttentionSpec spec = spec(forward, index);
    Passes dot = dot(forward, spec);
    Passes sum = sum(forward, spec);
    AttentionLoop weigh = loops.attention(name(spec, "AttentionGrad"), spec);
    // Not needed before the end: until then it holds result times gradient of each row and head.
    long rowDots = call.dDestination().address();
    long tableBytes = vector(spec) ? 16L * spec.heads() * index.numColumns() : 0;
    withSpare(
        tableBytes,
        table -> {
          AttentionTask task =
              task(
                  forward,
                  index,
                  forward.statistics().address(),
                  rowDots,
                  table,
                  call.dSource().address(),
                  call.dEdge().address());
          overDestinations(call, dot, task, spec);
          long bytes = (long) spec.heads() * spec.bytes();
          int runs = vector(spec) ? spec.gradientRuns() : 1;
          overRows(
              index,
              BACKWARD_EDGES,
              (from, to) -> {
                int first = getInt(task.offsets() + 4L * from);
                int edges = getInt(task.offsets() + 4L * to) - first;
                long scratch = RowScratch.block((runs + 1) * bytes * edges);
                long dots = scratch + runs * bytes * edges;
                dot.run(
                    dotTask(
                        index.offsets().address(),
                        index.columns().address(),
                        call.gradient().address(),
                        forward.values().address(),
                        dots - bytes * first,
                        forward),
                    from,
                    to);
                weigh.run(task, from, to, scratch, dots);
                long weights = scratch - bytes * first;
                sum.run(
                    sumTask(forward, index, call.gradient(), weights, call.dValues()), from, to);
              });
        });
    spmm.accept(
        new SpmmCall(
            forward.index(),
            MessageOp.COPY,
            new Operand(call.dEdge(), Target.E),
            null,
            FeaturePlan.copy(forward.heads()),
            Reducer.SUM,
            call.dDestination(),
            null,
            false));
  }

  /** Result times gradient of each destination and head, and on vectors the table. */
  private void overDestinations(
      AttentionGradCall call, Passes dot, AttentionTask task, AttentionSpec spec) {
    AttentionCall forward = call.forward();
    int rows = forward.index().numRows();
    long rowBytes = (long) forward.heads() * forward.width() * spec.bytes();
    long dotBytes = (long) spec.heads() * spec.bytes();
    AttentionLoop table = vector(spec) ? loops.attention("VectorAttentionTable", spec) : null;
    workers.forEach(
        (rows + DOT_ROWS - 1) / DOT_ROWS,
        k -> {
          int from = k * DOT_ROWS;
          int to = Math.min(rows, from + DOT_ROWS);
          long dots = task.rowDots() + from * dotBytes;
          RowTask self =
              dotTask(
                  SELF.address(),
                  SELF.address(),
                  call.gradient().address() + from * rowBytes,
                  forward.out().address() + from * rowBytes,
                  dots,
                  forward);
          dot.run(self, 0, to - from);
          if (table != null) {
            table.run(task, from, to, 0, dots);
          }
        });
  }

  /** Some rows at a time, as many as have that many edges together. */
  private void overRows(RowIndex index, int edges, Rows body) {
    int[] blocks = index.blocks();
    long offsets = index.offsets().address();
    workers.forEach(
        index.numBlocks(),
        b -> {
          int from = blocks[b];
          while (from < blocks[b + 1]) {
            int to = RowScratch.chunk(offsets, from, blocks[b + 1], edges);
            body.run(from, to);
            from = to;
          }
        });
  }

  /** Memory of the size of a few numbers a node, kept from call to call. */
  private void withSpare(long bytes, Consumer<Long> body) {
    MemorySegment block = spare.getAndSet(MemorySegment.NULL);
    if (block.byteSize() < bytes) {
      block = Arena.ofAuto().allocate(bytes, 64);
    }
    body.accept(block.address());
    spare.set(block);
  }

  private boolean vector(AttentionSpec spec) {
    return vector && spec.dtype() == DType.FLOAT32;
  }

  private String name(AttentionSpec spec, String template) {
    return (vector(spec) ? "Vector" : "Plain") + template;
  }

  private AttentionSpec spec(AttentionCall call, RowIndex index) {
    DType dtype = call.out().dtype();
    boolean onVectors = vector && dtype == DType.FLOAT32;
    int heads = call.heads();
    return new AttentionSpec(
        heads,
        dtype,
        index.edgeIds() == null,
        call.edge() != null,
        call.statistics() != null,
        onVectors ? loops.rowCopy(heads) : null);
  }

  private static long address(Array array) {
    return array == null ? 0 : array.address();
  }

  private static AttentionTask task(
      AttentionCall call,
      RowIndex index,
      long statistics,
      long rowDots,
      long table,
      long dSource,
      long dEdge) {
    return new AttentionTask(
        index.offsets().address(),
        index.columns().address(),
        address(index.edgeIds()),
        call.source().address(),
        call.destination().address(),
        address(call.edge()),
        call.slope(),
        statistics,
        rowDots,
        table,
        dSource,
        dEdge);
  }

  // ---- the loops of sums and dot products, on scratch memory ----

  /** How a row meets its edge's weights. */
  private static FeaturePlan weighted(AttentionCall call) {
    int heads = call.heads();
    int size = heads * call.width();
    return call.width() == 1
        ? new FeaturePlan(Layout.SAME, size, size, heads, size, 1, null, null, null)
        : new FeaturePlan(
            Layout.RHS_GROUPED, size, size, heads, size, call.width(), null, null, null);
  }

  private Passes sum(AttentionCall call, AttentionSpec spec) {
    FeaturePlan plan = weighted(call);
    LoopSpec loop = loop(Target.U, Target.E, Reducer.SUM, spec.dtype(), plan.layout());
    if (!vector(spec)) {
      return plain("PlainSpmm", loop);
    }
    return VectorPasses.weighted(plan)
        ? passes("VectorWeightedSum", loop, VectorPasses.straight(plan))
        : passes("VectorSum", loop, VectorPasses.of(plan, false));
  }

  private static RowTask sumTask(
      AttentionCall call, RowIndex index, Array rows, long weights, Array out) {
    int size = call.heads() * call.width();
    return new RowTask(
        index.offsets().address(),
        index.columns().address(),
        0,
        rows.address(),
        weights,
        out.address(),
        0,
        size,
        call.heads(),
        size,
        call.width(),
        null);
  }

  private Passes dot(AttentionCall call, AttentionSpec spec) {
    int heads = call.heads();
    int size = heads * call.width();
    FeaturePlan plan =
        new FeaturePlan(
            Layout.OUT_GROUPED, size, size, size, heads, call.width(), null, null, null);
    LoopSpec loop = loop(Target.U, Target.V, null, spec.dtype(), plan.layout());
    if (!vector(spec)) {
      return plain("PlainSddmm", loop);
    }
    if (VectorPasses.rowDots(plan)) {
      return passes("VectorRowDot", loop, VectorPasses.rowDot(plan));
    }
    return VectorPasses.headDots(plan)
        ? passes("VectorHeadDot", loop, List.of(VectorPasses.heads(plan)))
        : passes("VectorDot", loop, VectorPasses.perEdge(plan));
  }

  private static RowTask dotTask(
      long offsets, long columns, long gathered, long own, long out, AttentionCall call) {
    int size = call.heads() * call.width();
    return new RowTask(
        offsets, columns, 0, gathered, own, out, 0, size, size, call.heads(), call.width(), null);
  }

  private static LoopSpec loop(
      Target lhs, Target rhs, Reducer reducer, DType dtype, Layout layout) {
    return new LoopSpec(MessageOp.MUL, lhs, rhs, reducer, dtype, layout, true, false, false, null);
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
