package io.relata.cuda;

import io.relata.spi.RowIndex;

/** A device with what the graph kernels keep on it between calls. */
final class GraphDevice {
  final Device device;
  final PositionTables tables;
  private final SplitRule rule;
  private final IdentityCache<RowIndex, RowPlan> plans = new IdentityCache<>(RowPlan::release);

  GraphDevice(Device device, SplitRule rule) {
    this.device = device;
    this.rule = rule;
    tables = new PositionTables(device);
  }

  /** The plan of an index, made when it is first seen. */
  RowPlan plan(RowIndex index) {
    return plans.get(
        index, i -> new RowPlan(device, rule, i.offsets().address(), i.numRows(), i.numEdges()));
  }

  /** Puts the kernels' {@code Rows}. */
  static Arguments put(Arguments to, RowIndex index) {
    return to.put(index.offsets())
        .put(index.columns())
        .put(index.edgeIds())
        .put((long) index.numRows());
  }

  /**
   * Blocks that go through the chunks of long rows, {@code groups} at a time: a few for each
   * multiprocessor, which take chunk after chunk.
   */
  int chunkBlocks(RowPlan plan, int groups) {
    return plan.longRows() == 0
        ? 0
        : Math.min(Widths.over(plan.chunks(), groups), 4 * device.multiprocessors());
  }

  /** Blocks that go through long rows, one at a time. */
  int mergeBlocks(RowPlan plan) {
    return Math.min(plan.longRows(), 4 * device.multiprocessors());
  }

  /** Blocks of a kernel whose threads go through items. */
  int blocks(long items) {
    return Math.clamp((items + Widths.BLOCK - 1) / Widths.BLOCK, 1, Integer.MAX_VALUE);
  }

  void launch(String kernel, int gridX, int gridY, Arguments arguments) {
    device.launch(kernel, gridX, gridY, 1, Widths.BLOCK, 0, arguments);
  }

  void close() {
    plans.close();
    tables.close();
  }
}
