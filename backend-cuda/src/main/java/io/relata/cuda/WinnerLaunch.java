package io.relata.cuda;

import io.relata.spi.FeaturePlan;
import io.relata.spi.Operand;
import io.relata.spi.RowIndex;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;

/**
 * Runs the gradient of max and min. For an operand of the sources, every edge first gets a bit for
 * each output that it won; then a source's lanes go through its edges and look at the bits, which
 * are a thirty-second of what the winners themselves would be.
 */
final class WinnerLaunch {
  private final GraphDevice graph;
  private final SpmmLaunch spmm;

  WinnerLaunch(GraphDevice graph, SpmmLaunch spmm) {
    this.graph = graph;
    this.spmm = spmm;
  }

  void run(WinnerGradCall call) {
    FeaturePlan plan = call.plan();
    long rows = call.index().numRows();
    int ownSize = call.ownSize();
    if (call.out().size() == 0) {
      return;
    }
    if (rows == 0 || plan.count() == 0 || call.index().numEdges() == 0) {
      graph.device.zero(call.out().address(), call.out().bytes());
      return;
    }
    String suffix = Widths.suffix(call.out().dtype());
    if (call.own().target() == Target.U) {
      bySource(call, rows, ownSize, suffix);
      return;
    }
    boolean atEdges = call.own().target() == Target.E;
    if (atEdges) {
      graph.device.zero(call.out().address(), call.out().bytes());
    }
    graph.launch(
        (atEdges ? "winner_edges_" : "winner_destinations_") + suffix,
        graph.blocks(rows * ownSize),
        1,
        put(call, destinations(rows), 0, 0, ownSize, 1, 0));
  }

  /** {@code Rows} that are only counted, without long ones. */
  private static Arguments destinations(long rows) {
    Arguments a = new Arguments().put(0L).put(0L).put(0L).put(rows);
    return a.put(0L).put(0L).put(0L).put(0L).put(0L).put(Integer.MAX_VALUE).put(1);
  }

  private void bySource(WinnerGradCall call, long rows, int ownSize, String suffix) {
    int outSize = call.plan().outSize();
    RowIndex index = call.bySource();
    RowPlan plan = graph.plan(index);
    long words = 4L * Widths.over(outSize, 32) * index.numEdges();
    int lanes = Math.min(32, Widths.powerOfTwo(ownSize));
    int groups = Widths.BLOCK / lanes;
    int chunkBlocks = graph.chunkBlocks(plan, groups);
    long partialBytes = (long) plan.chunks() * ownSize * call.out().dtype().bytes();
    try (Device.Temporary won = graph.device.temporary(words);
        Device.Temporary partial =
            plan.longRows() == 0 ? null : graph.device.temporary(partialBytes)) {
      long partialAt = partial == null ? 0 : partial.address();
      graph.device.zero(won.address(), words);
      graph.launch(
          "winner_mark",
          graph.blocks(rows * outSize),
          1,
          put(call, destinations(rows), won.address(), 0, ownSize, lanes, 0));
      graph.launch(
          "winner_sources_" + suffix,
          chunkBlocks + Widths.over(index.numRows(), groups),
          Widths.over(ownSize, lanes),
          put(
              call,
              plan.put(GraphDevice.put(new Arguments(), index)),
              won.address(),
              partialAt,
              ownSize,
              lanes,
              chunkBlocks));
      if (plan.longRows() > 0) {
        spmm.merge(
            GraphDevice.put(new Arguments(), index), plan, partialAt, call.out(), ownSize, false);
      }
    }
  }

  private Arguments put(
      WinnerGradCall call,
      Arguments to,
      long won,
      long partial,
      int ownSize,
      int lanes,
      int chunkBlocks) {
    FeaturePlan plan = call.plan();
    PositionTables.Table table =
        graph.tables.get(plan, call.left() ? PositionTables.By.LHS : PositionTables.By.RHS);
    Operand rhs = call.rhs();
    to.put(call.sources())
        .put(call.lhs().data())
        .put(rhs == null ? null : rhs.data())
        .put(call.winners())
        .put(call.gradient())
        .put(call.out())
        .put(won)
        .put(partial)
        .put(table.starts())
        .put(table.lhs())
        .put(table.rhs())
        .put(table.out());
    return to.put(Widths.code(call.lhs().target()))
        .put(rhs == null ? 0 : Widths.code(rhs.target()))
        .put(Widths.code(call.op()))
        .put(call.left() ? 1 : 0)
        .put(plan.lhsSize())
        .put(plan.rhsSize())
        .put(plan.outSize())
        .put(ownSize)
        .put(Widths.over(plan.outSize(), 32))
        .put(lanes)
        .put(chunkBlocks);
  }
}
