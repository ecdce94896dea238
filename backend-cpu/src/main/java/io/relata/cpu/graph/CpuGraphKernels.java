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

/**
 * Graph kernels on the CPU: picks a loop for each call, copied for its constants, and runs it over
 * the row blocks of the index on all workers. A row is computed by one thread, in the order of edge
 * ids, so results do not depend on the number of threads.
 */
public final class CpuGraphKernels implements GraphKernels {
  private final Workers workers;
  private final boolean vector;
  private final Loops loops = new Loops();
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
    this.vector = vector;
    this.attention = new CpuAttention(workers, vector, loops);
    this.winners = new CpuWinners(workers, memory, vector, loops);
  }

  @Override
  public void spmm(SpmmCall call) {
    SpmmRun run = plan(call);
    if (run == null) {
      return;
    }
    RowBlocks.forEach(workers, call.index(), run.passes(), run::pass);
    Reference.reachabilityFence(call);
  }

  @Override
  public void spmmAll(List<SpmmCall> calls) {
    if (calls.size() == 1) {
      spmm(calls.getFirst());
    } else if (SpmmGroups.areIndependent(calls)) {
      List<SpmmGroups.Task> tasks = SpmmGroups.tasks(calls, this::plan);
      workers.forEach(tasks.size(), i -> tasks.get(i).run());
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
    LoopSpec spec =
        spec(
            call.op(),
            call.lhs(),
            call.rhs(),
            call.reducer(),
            call.out(),
            table == null ? plan.layout() : Layout.GENERAL,
            index,
            call.winners() != null,
            call.accumulate());
    RowTask task =
        RowTask.of(index, call.lhs(), call.rhs(), plan, call.out(), call.winners(), table);
    if (!onVectors(spec)) {
      return new SpmmRun(task, new RowLoop[] {loops.rows("PlainSpmm", spec)}, new int[1]);
    }
    boolean sums = call.reducer() == Reducer.SUM || call.reducer() == Reducer.MEAN;
    if (sums && isStraight(spec, plan)) {
      String template = spec.op() == MessageOp.COPY ? "VectorCopySum" : "VectorWeightedSum";
      return run(template, spec, VectorPasses.straight(plan), task);
    }
    if (!sums && spec.op() == MessageOp.COPY && spec.lhs() == Target.U) {
      return run("VectorCopyBest", spec, VectorPasses.copyBest(plan), task);
    }
    String template =
        spec.layout() == Layout.OUT_GROUPED ? "VectorDot" : sums ? "VectorSum" : "VectorBest";
    return run(template, spec, VectorPasses.of(plan, !sums), task);
  }

  private SpmmRun run(
      String template, LoopSpec spec, List<VectorPasses.Pass> passes, RowTask task) {
    RowLoop[] copies = new RowLoop[passes.size()];
    int[] columns = new int[copies.length];
    for (int p = 0; p < copies.length; p++) {
      copies[p] = loops.rows(template, spec.on(passes.get(p).lanes()));
      columns[p] = passes.get(p).column();
    }
    return new SpmmRun(task, copies, columns);
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
    if (onVectors(spec)) {
      if (spec.layout() != Layout.OUT_GROUPED) {
        run("VectorSddmm", spec, VectorPasses.perEdge(plan), task, index);
      } else if (!isRowDot(spec)) {
        run("VectorDot", spec, VectorPasses.perEdge(plan), task, index);
      } else if (VectorPasses.rowDots(plan)) {
        run("VectorRowDot", spec, VectorPasses.rowDot(plan), task, index);
      } else if (VectorPasses.headDots(plan)) {
        run("VectorHeadDot", spec, List.of(VectorPasses.heads(plan)), task, index);
      } else {
        run("VectorDot", spec, VectorPasses.perEdge(plan), task, index);
      }
    } else {
      run(loops.rows("PlainSddmm", spec), task, index);
    }
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
    if (onVectors(spec)) {
      String template = gradient == null ? "VectorEdgeSoftmax" : "VectorEdgeSoftmaxGrad";
      loop = loops.softmax(template, new SoftmaxSpec(heads, spec.identity(), loops.rowCopy(heads)));
    } else {
      loop = loops.rows("PlainEdgeSoftmax", spec);
    }
    run(loop, task, index);
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(gradient);
    Reference.reachabilityFence(out);
  }

  private void run(RowLoop loop, RowTask task, RowIndex index) {
    RowBlocks.forEach(workers, index, 1, (_, from, to) -> loop.run(task, 0, from, to));
  }

  private void run(
      String template,
      LoopSpec spec,
      List<VectorPasses.Pass> passes,
      RowTask task,
      RowIndex index) {
    SpmmRun run = run(template, spec, passes, task);
    RowBlocks.forEach(workers, index, run.passes(), run::pass);
  }

  /** Sums of the sources' rows, alone or times numbers of the edge, have loops of their own. */
  private static boolean isStraight(LoopSpec spec, FeaturePlan plan) {
    if (spec.lhs() != Target.U || spec.layout() == Layout.OUT_GROUPED) {
      return false;
    }
    return spec.op() == MessageOp.COPY
        || spec.op() == MessageOp.MUL && spec.rhs() == Target.E && VectorPasses.weighted(plan);
  }

  /** Dot products of a source with the row itself. */
  private static boolean isRowDot(LoopSpec spec) {
    return spec.op() == MessageOp.MUL
        && (spec.lhs() == Target.U && spec.rhs() == Target.V
            || spec.lhs() == Target.V && spec.rhs() == Target.U);
  }

  private boolean onVectors(LoopSpec spec) {
    return vector && spec.dtype() == DType.FLOAT32 && spec.layout() != Layout.GENERAL;
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
