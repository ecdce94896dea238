package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.cpu.Workers;
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
 * through its out-edges and looks which of them have won, others go through the winners.
 */
final class CpuWinners {
  private final Workers workers;
  private final boolean vector;
  private final Loops loops;

  CpuWinners(Workers workers, boolean vector, Loops loops) {
    this.workers = workers;
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
    boolean vectors = bySource && onVectors(call);
    PositionTable table = vectors ? null : PositionTable.of(call.plan());
    WinnerTask task = WinnerTask.of(call, index, table);
    if (!bySource) {
      run(loops.winners("WinnerGradient", spec), task, 0, index);
    } else if (!vectors) {
      run(loops.winners("WinnerSources", spec), task, 0, index);
    } else {
      List<VectorPasses.Pass> passes =
          VectorPasses.winners(call.plan().outSize(), passesOn(call.op()));
      for (VectorPasses.Pass pass : passes) {
        run(
            loops.winners("VectorWinnerSources", spec.on(pass.lanes())),
            task,
            pass.column(),
            index);
      }
    }
  }

  private void run(WinnerLoop loop, WinnerTask task, int column, RowIndex index) {
    RowBlocks.forEach(workers, index, 1, (_, from, to) -> loop.run(task, column, from, to));
  }

  /** True where the gradient of a message is the result's, or its negative. */
  private static boolean passesOn(MessageOp op) {
    return op == MessageOp.COPY || op == MessageOp.ADD || op == MessageOp.SUB;
  }

  private boolean onVectors(WinnerGradCall call) {
    FeaturePlan plan = call.plan();
    if (!vector || call.out().dtype() != DType.FLOAT32 || plan.outSize() == 0) {
      return false;
    }
    Layout grouped = call.left() ? Layout.RHS_GROUPED : Layout.LHS_GROUPED;
    if (plan.layout() != Layout.SAME && plan.layout() != grouped) {
      return false;
    }
    if (passesOn(call.op())) {
      return true;
    }
    // A divisor's derivative reads both operands.
    boolean reads = call.op() == MessageOp.MUL || call.op() == MessageOp.DIV && call.left();
    return reads && (plan.layout() == Layout.SAME || VectorPasses.winnersShare(plan));
  }

  private static WinnerSpec spec(WinnerGradCall call, RowIndex index) {
    FeaturePlan plan = call.plan();
    Operand rhs = call.rhs();
    boolean grouped = plan.layout() != Layout.SAME && !passesOn(call.op());
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
