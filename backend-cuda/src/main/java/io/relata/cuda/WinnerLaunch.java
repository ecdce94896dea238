package io.relata.cuda;

import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.Operand;
import io.relata.spi.Storage;
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
  private final IdentityCache<Storage, SourceIndex> indices =
      new IdentityCache<>(SourceIndex::release);

  WinnerLaunch(GraphDevice graph, SpmmLaunch spmm) {
    this.graph = graph;
    this.spmm = spmm;
  }

  void run(WinnerGradCall call) {
    FeaturePlan plan = call.plan();
    long rows = plan.outSize() == 0 ? 0 : call.winners().size() / plan.outSize();
    if (rows == 0 || plan.count() == 0 || call.sources().size() == 0) {
      return;
    }
    Operand own = call.left() ? call.lhs() : call.rhs();
    int ownSize = call.left() ? plan.lhsSize() : plan.rhsSize();
    String suffix = Widths.suffix(call.out().dtype());
    if (own.target() == Target.U) {
      bySource(call, rows, ownSize, suffix);
    } else {
      String kernel = own.target() == Target.V ? "winner_destinations_" : "winner_edges_";
      graph.launch(
          kernel + suffix,
          graph.blocks(rows * ownSize),
          1,
          put(call, destinations(rows), 0, 0, ownSize, 1, 0));
    }
  }

  /** {@code Rows} that are only counted, without long ones. */
  private static Arguments destinations(long rows) {
    Arguments a = new Arguments().put(0L).put(0L).put(0L).put(rows);
    return a.put(0L).put(0L).put(0L).put(0L).put(0L).put(Integer.MAX_VALUE).put(1);
  }

  private void bySource(WinnerGradCall call, long rows, int ownSize, String suffix) {
    int outSize = call.plan().outSize();
    int numSources = Math.toIntExact(call.out().size() / ownSize);
    SourceIndex index = index(call.sources(), numSources);
    RowPlan plan = index.plan();
    long words = 4L * Widths.over(outSize, 32) * call.sources().size();
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
          chunkBlocks + Widths.over(numSources, groups),
          Widths.over(ownSize, lanes),
          put(
              call,
              plan.put(index.put(new Arguments())),
              won.address(),
              partialAt,
              ownSize,
              lanes,
              chunkBlocks));
      if (plan.longRows() > 0) {
        spmm.merge(index.put(new Arguments()), plan, partialAt, call.out(), ownSize, true);
      }
    }
  }

  private SourceIndex index(Array sources, int numSources) {
    SourceIndex index =
        indices.get(sources.storage(), _ -> new SourceIndex(graph, sources, numSources));
    return index.isOf(sources, numSources)
        ? index
        : indices.replace(sources.storage(), new SourceIndex(graph, sources, numSources));
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
        .put(call.destinations())
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

  void close() {
    indices.close();
  }
}
