package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.cpu.Workers;
import io.relata.spi.DeviceMemory;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.RowIndex;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;
import java.util.List;

/**
 * Gradients of max and min, each row of which is one thread's: an operand of the sources goes
 * through its out-edges and looks which of them have won, others go through the winners. Allocates
 * 8 bytes an edge while it runs, where vectors serve neither the type nor the plan.
 */
final class CpuWinners {
  private final Workers workers;
  private final DeviceMemory memory;
  private final boolean vector;
  private final Loops loops;

  CpuWinners(Workers workers, DeviceMemory memory, boolean vector, Loops loops) {
    this.workers = workers;
    this.memory = memory;
    this.vector = vector;
    this.loops = loops;
  }

  void run(WinnerGradCall call) {
    if (call.out().size() == 0) {
      return;
    }
    boolean bySource = call.own().target() == Target.U;
    RowIndex index = bySource ? call.bySource() : call.index();
    WinnerSpec spec = spec(call, index);
    if (!bySource) {
      WinnerTask task = WinnerTask.of(call, index, 0, PositionTable.of(call.plan()));
      run(loops.winners("WinnerGradient", spec), task, 0, index);
    } else if (vectorsServe(call)) {
      onVectors(call, spec);
    } else {
      long bytes = 8L * index.numEdges();
      long won = memory.allocate(bytes);
      try {
        plain(call, WonOutputs.of(call, won), loops.winners("WinnerSources", spec));
      } finally {
        memory.release(won, bytes);
      }
    }
  }

  private void onVectors(WinnerGradCall call, WinnerSpec spec) {
    RowIndex index = call.bySource();
    WinnerTask task = WinnerTask.of(call, index, 0, null);
    List<VectorPasses.Pass> passes =
        VectorPasses.winners(call.plan().outSize(), !call.op().derivativeReadsOperands());
    WinnerLoop[] copies = new WinnerLoop[passes.size()];
    for (int p = 0; p < copies.length; p++) {
      copies[p] = loops.winners("VectorWinnerSources", spec.on(passes.get(p).lanes()));
    }
    RowBlocks.forEach(
        workers,
        index,
        copies.length,
        (p, from, to) -> copies[p].run(task, passes.get(p).column(), from, to));
  }

  /** As many outputs at a time as have bits; the first time also makes rows without winners. */
  private void plain(WinnerGradCall call, WonOutputs won, WinnerLoop loop) {
    RowIndex index = call.bySource();
    WinnerTask task = WinnerTask.of(call, index, won.bits(), PositionTable.of(call.plan()));
    for (int o = 0; o == 0 || o < won.outSize(); o += WonOutputs.OUTPUTS) {
      int first = o;
      RowBlocks.forEach(workers, call.index(), 1, (_, from, to) -> won.mark(first, from, to));
      run(loop, task, first, index);
    }
  }

  private void run(WinnerLoop loop, WinnerTask task, int column, RowIndex index) {
    RowBlocks.forEach(workers, index, 1, (_, from, to) -> loop.run(task, column, from, to));
  }

  private boolean vectorsServe(WinnerGradCall call) {
    FeaturePlan plan = call.plan();
    if (!vector
        || call.out().dtype() != DType.FLOAT32
        || plan.outSize() == 0
        || !VectorPasses.inReach(plan)) {
      return false;
    }
    Layout grouped = call.left() ? Layout.RHS_GROUPED : Layout.LHS_GROUPED;
    if (plan.layout() != Layout.SAME && plan.layout() != grouped) {
      return false;
    }
    if (!call.op().derivativeReadsOperands()) {
      return true;
    }
    // A divisor's derivative reads both operands.
    boolean reads = call.op() == MessageOp.MUL || call.op() == MessageOp.DIV && call.left();
    return reads && (plan.layout() == Layout.SAME || VectorPasses.winnersShare(plan));
  }

  private static WinnerSpec spec(WinnerGradCall call, RowIndex index) {
    FeaturePlan plan = call.plan();
    Operand rhs = call.rhs();
    boolean grouped = plan.layout() != Layout.SAME && call.op().derivativeReadsOperands();
    int inner = !grouped ? 1 : plan.inner() == plan.outSize() ? 0 : plan.inner();
    return new WinnerSpec(
        call.op() == MessageOp.DOT ? MessageOp.MUL : call.op(),
        call.lhs().target(),
        rhs == null ? null : rhs.target(),
        call.out().dtype(),
        call.left(),
        index.edgeIds() == null,
        inner,
        null);
  }
}
