package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;

/**
 * Runs attention and its gradient. The gradient goes through the edges by source and sums the
 * logits' gradients by destination at the end.
 */
final class AttentionLaunch {
  private final GraphDevice graph;
  private final SpmmLaunch spmm;

  AttentionLaunch(GraphDevice graph, SpmmLaunch spmm) {
    this.graph = graph;
    this.spmm = spmm;
  }

  /**
   * How lanes are laid over a row.
   *
   * @param kind how many numbers a lane holds, as in {@link SpmmShape}
   * @param lanes lanes of a head
   * @param sideHeads heads of a group
   */
  private record Lanes(String kind, int lanes, int sideHeads) {
    /** Null where heads are too wide for the registers of a warp. */
    static Lanes of(AttentionCall call, Array... read) {
      DType type = call.out().dtype();
      boolean wide = true;
      for (Array a : read) {
        wide &= Widths.isWide(a, call.width());
      }
      int one = wide ? Widths.wide(type) : 1;
      int parts = Widths.over(call.width(), one);
      int heads = Widths.powerOfTwo(call.heads());
      int most = wide ? 2 : 4;
      if (parts > 32 * most) {
        return null;
      }
      // All heads in one warp read an edge's indices once.
      boolean more = Widths.powerOfTwo(parts) * heads > 32 && parts > 1;
      int times = more ? most : 1;
      int lanes = Widths.powerOfTwo(Widths.over(parts, times));
      String kind = wide ? more ? "ww" : "w" : more ? "nnnn" : "n";
      return new Lanes(kind, lanes, Math.min(32 / lanes, heads));
    }

    int groups() {
      return Widths.BLOCK / (lanes * sideHeads);
    }
  }

  private static Lanes lanes(AttentionCall call) {
    return Lanes.of(call, call.values(), call.out());
  }

  /** False, with nothing written, where no kernel fits. */
  boolean forward(AttentionCall call) {
    DType type = call.out().dtype();
    Lanes lanes = type.isFloating() ? lanes(call) : null;
    if (lanes == null) {
      return false;
    }
    RowIndex index = call.index();
    if (index.numRows() == 0 || call.heads() == 0 || call.width() == 0) {
      return true;
    }
    RowPlan plan = graph.plan(index);
    if (plan.longRows() == 0) {
      forward(call, lanes, plan, 0, 0);
      return true;
    }
    long items = (long) plan.chunks() * call.heads() * type.bytes();
    try (Device.Temporary partial = graph.device.temporary(items * call.width());
        Device.Temporary statistics = graph.device.temporary(2 * items)) {
      forward(call, lanes, plan, partial.address(), statistics.address());
    }
    return true;
  }

  private void forward(
      AttentionCall call, Lanes lanes, RowPlan plan, long partial, long partialStatistics) {
    int chunkBlocks = graph.chunkBlocks(plan, lanes.groups());
    Arguments arguments =
        put(call, call.index(), plan, partial, partialStatistics, null, 0, lanes, chunkBlocks);
    String suffix = Widths.suffix(call.out().dtype());
    graph.launch(
        "attention_" + lanes.kind + "_" + suffix,
        chunkBlocks + Widths.over(call.index().numRows(), lanes.groups()),
        Widths.over(call.heads(), lanes.sideHeads),
        arguments);
    if (plan.longRows() > 0) {
      graph.launch(
          "attention_merge_" + suffix,
          graph.mergeBlocks(plan),
          Widths.over((long) call.heads() * call.width(), 32),
          arguments);
    }
  }

  /** Puts the kernels' {@code AttentionArgs}. */
  private static Arguments put(
      AttentionCall call,
      RowIndex index,
      RowPlan plan,
      long partial,
      long partialStatistics,
      AttentionGradCall gradient,
      long table,
      Lanes lanes,
      int chunkBlocks) {
    Arguments a = plan.put(GraphDevice.put(new Arguments(), index));
    a.put(call.source()).put(call.destination()).put(call.edge()).put(call.values());
    a.put(call.out()).put(call.statistics()).put(partial).put(partialStatistics);
    if (gradient == null) {
      a.put(0L).put(0L).put(0L).put(0L).put(0L);
    } else {
      a.put(gradient.gradient()).put(table).put(gradient.dSource());
      a.put(gradient.dEdge()).put(gradient.dValues());
    }
    return a.put(call.slope())
        .put(call.heads())
        .put(call.width())
        .put(lanes.lanes)
        .put(lanes.sideHeads)
        .put(chunkBlocks);
  }

  void backward(AttentionGradCall call) {
    AttentionCall forward = call.forward();
    if (forward.heads() == 0 || forward.width() == 0) {
      return;
    }
    int size = forward.out().dtype().bytes();
    long tableBytes = 4L * size * forward.heads() * Math.max(1, forward.index().numRows());
    RowPlan plan = graph.plan(call.bySource());
    try (Device.Temporary table = graph.device.temporary(tableBytes)) {
      if (call.bySource().numRows() > 0) {
        if (plan.longRows() == 0) {
          bySource(call, plan, table.address(), 0, 0);
        } else {
          long items = (long) plan.chunks() * forward.heads() * size;
          try (Device.Temporary partial = graph.device.temporary(items * forward.width());
              Device.Temporary sums = graph.device.temporary(items)) {
            bySource(call, plan, table.address(), partial.address(), sums.address());
          }
        }
      }
    }
    spmm.run(
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

  private void bySource(
      AttentionGradCall call, RowPlan plan, long table, long partial, long partialSums) {
    AttentionCall forward = call.forward();
    Lanes lanes = Lanes.of(forward, forward.values(), call.gradient(), call.dValues());
    int heads = forward.heads();
    int chunkBlocks = graph.chunkBlocks(plan, lanes.groups());
    String suffix = Widths.suffix(forward.out().dtype());
    int destinations = forward.index().numRows();
    if (destinations > 0) {
      // Lanes of a head read the two rows four numbers each.
      int ofDot = Math.min(32, Widths.powerOfTwo(Widths.over(forward.width(), 4)));
      Lanes dots = new Lanes("", ofDot, 1);
      Arguments a = put(forward, call.bySource(), plan, 0, 0, call, table, dots, 0);
      graph.launch(
          "attention_table_" + suffix,
          Math.min(
              graph.blocks((long) destinations * heads * ofDot),
              32 * graph.device.multiprocessors()),
          1,
          a.put((long) destinations));
    }
    graph.launch(
        "attention_grad_" + lanes.kind + "_" + suffix,
        chunkBlocks + Widths.over(call.bySource().numRows(), lanes.groups()),
        Widths.over(heads, lanes.sideHeads),
        put(forward, call.bySource(), plan, partial, partialSums, call, table, lanes, chunkBlocks));
    if (plan.longRows() > 0) {
      Arguments rows = GraphDevice.put(new Arguments(), call.bySource());
      spmm.merge(rows, plan, partial, call.dValues(), heads * forward.width(), false);
      rows = GraphDevice.put(new Arguments(), call.bySource());
      spmm.merge(rows, plan, partialSums, call.dSource(), heads, false);
    }
  }
}
