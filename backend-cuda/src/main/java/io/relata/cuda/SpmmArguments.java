package io.relata.cuda;

import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.Operand;
import io.relata.spi.SpmmCall;

/**
 * The kernels' {@code SpmmArgs} of a call.
 *
 * @param partial where chunks go, or 0
 * @param partialWinners where their winners go, or 0
 * @param merged where a list puts merged rows, or 0
 * @param places where a list finds them, or 0
 * @param chunkBlocks blocks of the launch that do chunks
 */
record SpmmArguments(
    SpmmCall call,
    SpmmShape shape,
    RowPlan rows,
    PositionTables.Table table,
    long partial,
    long partialWinners,
    long merged,
    long places,
    int chunkBlocks) {

  Arguments put() {
    FeaturePlan plan = call.plan();
    boolean turned = shape.lhs() != call.lhs();
    Operand rhs = shape.rhs();
    Arguments a = GraphDevice.put(new Arguments(), call.index());
    rows.put(a)
        .put(shape.lhs().data())
        .put(rhs == null ? null : rhs.data())
        .put(call.out())
        .put(call.winners())
        .put(partial)
        .put(partialWinners)
        .put(merged)
        .put(places)
        .put(table == null ? 0L : table.starts())
        .put(table == null ? 0L : table.lhs())
        .put(table == null ? 0L : table.rhs());
    return a.put(Widths.code(shape.lhs().target()))
        .put(rhs == null ? 0 : Widths.code(rhs.target()))
        .put(Widths.code(call.op()))
        .put(SpmmShape.code(call.reducer()))
        .put(call.accumulate() ? 1 : 0)
        .put(turned ? plan.rhsSize() : plan.lhsSize())
        .put(turned ? plan.lhsSize() : plan.rhsSize())
        .put(plan.outSize())
        .put(shape.lhsInner())
        .put(shape.rhsInner())
        .put(plan.inner())
        .put(shape.lanes())
        .put(shape.pieces())
        .put(chunkBlocks);
  }

  /**
   * The arguments that merge chunks of sums, whatever kernel made them, and add them to a result.
   */
  static Arguments merge(
      Arguments rows, RowPlan plan, long partial, Array out, int size, boolean accumulate) {
    plan.put(rows).put(0L).put(0L).put(out).put(0L).put(partial).put(0L).put(0L).put(0L);
    rows.put(0L).put(0L).put(0L).put(0).put(0).put(0).put(0).put(accumulate ? 1 : 0);
    return rows.put(size).put(0).put(size).put(1).put(1).put(1).put(1).put(1).put(0);
  }
}
