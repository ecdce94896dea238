package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.cpu.Workers;
import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import io.relata.spi.DeviceMemory;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.GraphKernels;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SddmmCall;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;

/**
 * Graph kernels on the CPU: picks a loop for each call, copied for its constants, and runs it over
 * the row blocks of the index on all workers. A row is computed by one thread, in the order of edge
 * ids; heavy rows in parts that depend on the graph alone, merged in their order. So results do not
 * depend on the number of threads.
 */
public final class CpuGraphKernels implements GraphKernels {
  private final Workers workers;
  private final DeviceMemory memory;
  private final Loops loops = new Loops();
  private final LoopChoice choice;
  private final CpuAttention attention;
  private final CpuWinners winners;

  /**
   * Kernels on the given threads.
   *
   * @param memory where a kernel gets memory while it runs
   * @param vector use {@code jdk.incubator.vector}; the module must then be present
   */
  public CpuGraphKernels(Workers workers, DeviceMemory memory, boolean vector) {
    this.workers = workers;
    this.memory = memory;
    this.choice = new LoopChoice(loops, vector);
    this.attention = new CpuAttention(workers, vector, loops, choice);
    this.winners = new CpuWinners(workers, memory, vector, loops);
  }

  @Override
  public void spmm(SpmmCall call) {
    SpmmRun run = plan(call);
    if (run == null) {
      return;
    }
    HeavyRows heavy = HeavyRows.of(call);
    if (heavy.isEmpty()) {
      run(run.task(), run.passes(), call.index(), heavy);
    } else {
      split(call, run, heavy);
    }
    Reference.reachabilityFence(call);
  }

  private void split(SpmmCall call, SpmmRun run, HeavyRows heavy) {
    LoopSpec spec = spec(call, run.task().table()).ofPart();
    // Neither mean nor adding changes how columns are cut, so both have the same passes.
    RowPasses passes = choice.reducing(spec, call.plan());
    try (PartialRows partial = new PartialRows(call, heavy, run.task(), passes, memory)) {
      RowBlocks.forEach(
          workers,
          call.index(),
          passes.count(),
          (pass, from, to) -> run.passes().pass(run.task(), pass, from, to),
          heavy,
          partial::reduce);
      partial.merge();
    }
  }

  @Override
  public void spmmAll(List<SpmmCall> calls) {
    if (calls.size() == 1) {
      spmm(calls.getFirst());
    } else if (SpmmGroups.areIndependent(calls)) {
      Map<Boolean, List<SpmmCall>> byHeavyRows = SpmmGroups.byHeavyRows(calls);
      List<SpmmGroups.Task> tasks = SpmmGroups.tasks(byHeavyRows.get(false), this::plan);
      workers.forEach(tasks.size(), i -> tasks.get(i).run());
      byHeavyRows.get(true).forEach(this::spmm);
    } else {
      calls.forEach(this::spmm);
    }
    Reference.reachabilityFence(calls);
  }

  /** The loops of a call; null where there is nothing to compute. */
  private SpmmRun plan(SpmmCall call) {
    RowIndex index = call.index();
    FeaturePlan plan = call.plan();
    if (plan.outSize() == 0 || index.numRows() == 0) {
      return null;
    }
    PositionTable table = table(plan);
    RowTask task =
        RowTask.of(index, call.lhs(), call.rhs(), plan, call.out(), call.winners(), table);
    return new SpmmRun(task, choice.reducing(spec(call, table), plan));
  }

  private static LoopSpec spec(SpmmCall call, PositionTable table) {
    return spec(
        call.op(),
        call.lhs(),
        call.rhs(),
        call.reducer(),
        call.out(),
        table == null ? call.plan().layout() : Layout.GENERAL,
        call.index(),
        call.winners() != null,
        call.accumulate());
  }

  @Override
  public void sddmm(SddmmCall call) {
    RowIndex index = call.index();
    FeaturePlan plan = call.plan();
    if (plan.outSize() == 0 || index.numEdges() == 0) {
      return;
    }
    PositionTable table = table(plan);
    LoopSpec spec =
        spec(
            call.op(),
            call.lhs(),
            call.rhs(),
            null,
            call.out(),
            table == null ? plan.layout() : Layout.GENERAL,
            index,
            false,
            false);
    RowTask task = RowTask.of(index, call.lhs(), call.rhs(), plan, call.out(), null, table);
    run(task, choice.perEdge(spec, plan), index, HeavyRows.of(index));
    Reference.reachabilityFence(call);
  }

  @Override
  public void winnerGrad(WinnerGradCall call) {
    winners.run(call);
    Reference.reachabilityFence(call);
  }

  @Override
  public void edgeSoftmax(RowIndex index, Array logits, Array out) {
    softmax(index, logits, null, out);
  }

  @Override
  public void edgeSoftmaxGrad(RowIndex index, Array y, Array gradient, Array out) {
    softmax(index, y, gradient, out);
  }

  @Override
  public boolean attention(AttentionCall call) {
    DType dtype = call.out().dtype();
    if (dtype != DType.FLOAT32 && dtype != DType.FLOAT64) {
      return false;
    }
    attention.forward(call);
    Reference.reachabilityFence(call);
    return true;
  }

  @Override
  public boolean attentionDerivative() {
    return true;
  }

  @Override
  public void attentionGrad(AttentionGradCall call) {
    attention.backward(call);
    Reference.reachabilityFence(call);
  }

  private void softmax(RowIndex index, Array x, Array gradient, Array out) {
    if (out.size() == 0) {
      return;
    }
    int heads = (int) (out.size() / index.numEdges());
    FeaturePlan plan = FeaturePlan.copy(heads);
    Operand lhs = new Operand(x, Target.E);
    Operand rhs = gradient == null ? null : new Operand(gradient, Target.E);
    LoopSpec spec = spec(MessageOp.COPY, lhs, rhs, null, out, Layout.SAME, index, false, false);
    RowTask task = RowTask.of(index, lhs, rhs, plan, out, null, null);
    RowLoop loop;
    if (choice.onVectors(spec)) {
      String template = gradient == null ? "VectorEdgeSoftmax" : "VectorEdgeSoftmaxGrad";
      loop = loops.softmax(template, new SoftmaxSpec(heads, spec.identity(), loops.rowCopy(heads)));
    } else {
      loop = loops.rows("PlainEdgeSoftmax", spec);
    }
    run(task, RowPasses.of(loop), index, HeavyRows.NONE);
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(gradient);
    Reference.reachabilityFence(out);
  }

  /** Runs loops over rows, and over parts of the heavy ones; what these write nothing merges. */
  private void run(RowTask task, RowPasses passes, RowIndex index, HeavyRows heavy) {
    RowBlocks.forEach(
        workers,
        index,
        passes.count(),
        (pass, from, to) -> passes.pass(task, pass, from, to),
        heavy,
        (pass, p) -> {
          HeavyRows.Part part = heavy.parts().get(p);
          passes.pass(part.of(task), pass, part.row(), part.row() + 1);
        });
  }

  /** The plan by table where it is no pattern; patterns of no positions are none either. */
  private static PositionTable table(FeaturePlan plan) {
    return plan.layout() == Layout.GENERAL || plan.count() == 0 ? PositionTable.of(plan) : null;
  }

  private static LoopSpec spec(
      MessageOp op,
      Operand lhs,
      Operand rhs,
      Reducer reducer,
      Array out,
      Layout layout,
      RowIndex index,
      boolean winners,
      boolean accumulate) {
    return new LoopSpec(
        message(op),
        lhs.target(),
        rhs == null ? null : rhs.target(),
        reducer,
        out.dtype(),
        layout,
        index.edgeIds() == null,
        winners,
        accumulate,
        null);
  }

  /** A dot product is a multiplication with a plan that sums. */
  private static MessageOp message(MessageOp op) {
    return op == MessageOp.DOT ? MessageOp.MUL : op;
  }
}
