package io.relata.cuda;

import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.RowIndex;
import io.relata.spi.SddmmCall;
import io.relata.spi.Target;

/** Runs a value per edge: one launch over the slots, whatever rows they belong to. */
final class SddmmLaunch {
  /** As in the sources. */
  private static final int DOTS_AT_ONCE = 4;

  private static final int MAP_AT_ONCE = 2;
  private static final int WARPS = Widths.BLOCK / 32;

  private final GraphDevice graph;

  SddmmLaunch(GraphDevice graph) {
    this.graph = graph;
  }

  void run(SddmmCall call) {
    FeaturePlan plan = call.plan();
    RowIndex index = call.index();
    if (plan.outSize() == 0 || index.numEdges() == 0) {
      return;
    }
    String suffix = Widths.suffix(call.out().dtype());
    Layout layout = plan.count() == 0 ? Layout.GENERAL : plan.layout();
    boolean sums =
        call.op() == MessageOp.COPY || call.op() == MessageOp.MUL || call.op() == MessageOp.DOT;
    if (layout == Layout.OUT_GROUPED && sums) {
      boolean wide =
          plan.inner() % Widths.wide(call.out().dtype()) == 0
              && Widths.isWide(call.lhs().data(), plan.lhsSize())
              && Widths.isWide(array(call.rhs()), plan.rhsSize());
      int one = wide ? Widths.wide(call.out().dtype()) : 1;
      int lanes = Math.min(32, Widths.powerOfTwo(Widths.over(plan.inner(), one)));
      launch(
          call, "sddmm_dot_" + (wide ? "w_" : "n_") + suffix, plan.outSize(), lanes, DOTS_AT_ONCE);
    } else if (layout == Layout.OUT_GROUPED || layout == Layout.GENERAL) {
      boolean pattern = layout == Layout.OUT_GROUPED;
      PositionTables.Table table = pattern ? null : graph.tables.get(plan, PositionTables.By.OUT);
      graph.launch(
          "sddmm_general_" + suffix,
          graph.blocks((long) index.numEdges() * plan.outSize()),
          1,
          arguments(call, table, 1, 1));
    } else {
      boolean wide =
          Widths.isWide(call.out(), plan.outSize())
              && fits(call.lhs(), layout == Layout.LHS_GROUPED, plan, plan.lhsSize())
              && fits(call.rhs(), layout == Layout.RHS_GROUPED, plan, plan.rhsSize());
      int one = wide ? Widths.wide(call.out().dtype()) : 1;
      launch(
          call, "sddmm_map_" + (wide ? "w_" : "n_") + suffix, plan.outSize() / one, 1, MAP_AT_ONCE);
    }
  }

  private static boolean fits(Operand operand, boolean grouped, FeaturePlan plan, int size) {
    return operand == null
        || (grouped
            ? plan.inner() % Widths.wide(operand.data().dtype()) == 0
            : Widths.isWide(operand.data(), size));
  }

  private static Array array(Operand operand) {
    return operand == null ? null : operand.data();
  }

  /**
   * Items are {@code parts} for each edge, each done by {@code lanes} lanes, {@code atOnce} of them
   * in a round.
   */
  private void launch(SddmmCall call, String kernel, int parts, int lanes, int atOnce) {
    long items = (long) call.index().numEdges() * parts;
    long ofRound = atOnce * (32L / lanes);
    // Several rounds save work that is done once a warp, as long as all multiprocessors are full.
    int rounds = items > ofRound * 4 * 64 * graph.device.multiprocessors() ? 4 : 1;
    graph.launch(
        kernel,
        Widths.over(items, ofRound * rounds * WARPS),
        1,
        arguments(call, null, lanes, rounds));
  }

  private Arguments arguments(SddmmCall call, PositionTables.Table table, int lanes, int rounds) {
    RowIndex index = call.index();
    FeaturePlan plan = call.plan();
    Operand rhs = call.rhs();
    boolean needsRow = call.lhs().target() == Target.V || rhs != null && rhs.target() == Target.V;
    return new Arguments()
        .put(index.columns())
        .put(index.edgeIds())
        .put(needsRow ? graph.plan(index).slotRows() : 0L)
        .put(call.lhs().data())
        .put(array(rhs))
        .put(call.out())
        .put(table == null ? 0L : table.starts())
        .put(table == null ? 0L : table.lhs())
        .put(table == null ? 0L : table.rhs())
        .put((long) index.numEdges())
        .put(Widths.code(call.lhs().target()))
        .put(rhs == null ? 0 : Widths.code(rhs.target()))
        .put(Widths.code(call.op()))
        .put(plan.lhsSize())
        .put(plan.rhsSize())
        .put(plan.outSize())
        .put(plan.layout() == Layout.LHS_GROUPED ? plan.inner() : 1)
        .put(plan.layout() == Layout.RHS_GROUPED ? plan.inner() : 1)
        .put(plan.inner())
        .put(lanes)
        .put(rounds);
  }
}
