package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.util.List;

/** Chooses the loops of sparse products and of messages: templates, and columns for each copy. */
final class LoopChoice {
  private final Loops loops;
  private final boolean vector;

  LoopChoice(Loops loops, boolean vector) {
    this.loops = loops;
    this.vector = vector;
  }

  /** True where loops on vectors serve. */
  boolean onVectors(LoopSpec spec) {
    return vector && spec.dtype() == DType.FLOAT32 && spec.layout() != Layout.GENERAL;
  }

  private boolean onVectors(LoopSpec spec, FeaturePlan plan) {
    return onVectors(spec) && VectorPasses.inReach(plan);
  }

  /** Loops that reduce the messages of each row's edges. */
  RowPasses reducing(LoopSpec spec, FeaturePlan plan) {
    if (!onVectors(spec, plan)) {
      return RowPasses.of(loops.rows("PlainSpmm", spec));
    }
    boolean sums = spec.reducer() == Reducer.SUM || spec.reducer() == Reducer.MEAN;
    if (sums && isStraight(spec, plan)) {
      String template = spec.op() == MessageOp.COPY ? "VectorCopySum" : "VectorWeightedSum";
      return passes(template, spec, VectorPasses.straight(plan));
    }
    if (!sums && spec.op() == MessageOp.COPY && spec.lhs() == Target.U) {
      return passes("VectorCopyBest", spec, VectorPasses.copyBest(plan));
    }
    String template =
        spec.layout() == Layout.OUT_GROUPED ? "VectorDot" : sums ? "VectorSum" : "VectorBest";
    return passes(template, spec, VectorPasses.of(plan, !sums));
  }

  /** Loops that write the message of each of a row's edges. */
  RowPasses perEdge(LoopSpec spec, FeaturePlan plan) {
    if (!onVectors(spec, plan)) {
      return RowPasses.of(loops.rows("PlainSddmm", spec));
    }
    if (spec.layout() != Layout.OUT_GROUPED) {
      return passes("VectorSddmm", spec, VectorPasses.perEdge(plan));
    }
    if (isRowDot(spec) && VectorPasses.rowDots(plan)) {
      return passes("VectorRowDot", spec, VectorPasses.rowDot(plan));
    }
    if (isRowDot(spec) && VectorPasses.headDots(plan)) {
      return passes("VectorHeadDot", spec, List.of(VectorPasses.heads(plan)));
    }
    return passes("VectorDot", spec, VectorPasses.perEdge(plan));
  }

  private RowPasses passes(String template, LoopSpec spec, List<VectorPasses.Pass> passes) {
    RowLoop[] copies = new RowLoop[passes.size()];
    int[] columns = new int[copies.length];
    for (int p = 0; p < copies.length; p++) {
      copies[p] = loops.rows(template, spec.on(passes.get(p).lanes()));
      columns[p] = passes.get(p).column();
    }
    return new RowPasses(copies, columns);
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
}
