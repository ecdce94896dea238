package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.SpmmCall;

/**
 * Runs one sparse product: a launch whose first blocks do the chunks of long rows and whose others
 * do all other rows, then one that merges the chunks. Without long rows only the first.
 */
final class SpmmLaunch {
  private final GraphDevice graph;

  SpmmLaunch(GraphDevice graph) {
    this.graph = graph;
  }

  void run(SpmmCall call) {
    int size = call.plan().outSize();
    if (size == 0 || call.index().numRows() == 0) {
      return;
    }
    SpmmShape shape = SpmmShape.of(call);
    RowPlan plan = graph.plan(call.index());
    if (plan.longRows() == 0) {
      launch(call, shape, plan, 0, 0);
      return;
    }
    long items = (long) plan.chunks() * size;
    boolean best = SpmmShape.family(call.reducer()).equals("best");
    try (Device.Temporary partial =
            graph.device.temporary(items * Widths.computedBytes(call.dtype()));
        Device.Temporary winners = best ? graph.device.temporary(4 * items) : null) {
      launch(call, shape, plan, partial.address(), best ? winners.address() : 0);
    }
  }

  private void launch(
      SpmmCall call, SpmmShape shape, RowPlan plan, long partial, long partialWinners) {
    DType type = call.dtype();
    String ending = SpmmShape.family(call.reducer()) + "_";
    String suffix = Widths.suffix(type);
    int size = call.plan().outSize();
    PositionTables.Table table =
        shape.isGeneral()
                && (call.plan().layout() != Layout.OUT_GROUPED || call.plan().count() == 0)
            ? graph.tables.get(call.plan(), PositionTables.By.OUT)
            : null;
    int chunkBlocks = graph.chunkBlocks(plan, shape.groups());
    SpmmArguments arguments =
        new SpmmArguments(
            call,
            shape,
            plan,
            table,
            partial,
            partialWinners,
            0,
            0,
            shape.isGeneral() ? 0 : chunkBlocks);
    if (shape.isGeneral()) {
      String kernel = "spmm_general_" + ending + suffix;
      if (chunkBlocks > 0) {
        graph.launch(
            kernel,
            Math.min(
                graph.blocks((long) plan.chunks() * size), 32 * graph.device.multiprocessors()),
            1,
            new SpmmArguments(call, shape, plan, table, partial, partialWinners, 0, 0, 1).put());
      }
      graph.launch(kernel, graph.blocks((long) call.index().numRows() * size), 1, arguments.put());
    } else {
      graph.launch(
          "spmm_" + shape.message() + "_" + ending + shape.kind() + "_" + suffix,
          chunkBlocks + Widths.over(call.index().numRows(), shape.groups()),
          Widths.over(size, shape.columns()),
          arguments.put());
    }
    if (plan.longRows() > 0) {
      graph.launch(
          "spmm_merge_" + ending + suffix,
          graph.mergeBlocks(plan),
          Widths.over(size, 32),
          arguments.put());
    }
  }

  /**
   * Merges the sums of chunks that another kernel made.
   *
   * @param rows the kernels' {@code Rows}
   * @param partial (chunks, size) in the type of {@code out}
   */
  void merge(Arguments rows, RowPlan plan, long partial, Array out, int size, boolean accumulate) {
    graph.launch(
        "spmm_merge_sum_" + Widths.suffix(out.dtype()),
        graph.mergeBlocks(plan),
        Widths.over(size, 32),
        SpmmArguments.merge(rows, plan, partial, out, size, accumulate));
  }
}
