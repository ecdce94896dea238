package io.relata.cuda;

import io.relata.spi.Array;
import io.relata.spi.RowIndex;

/**
 * Runs edge softmax and its gradient: a launch that does rows and takes the statistics of chunks;
 * for long rows one more that merges these, and one that writes their edges.
 */
final class SoftmaxLaunch {
  private final GraphDevice graph;

  SoftmaxLaunch(GraphDevice graph) {
    this.graph = graph;
  }

  /** The gradient where {@code gradient} is there. */
  void run(RowIndex index, Array x, Array gradient, Array out) {
    if (out.size() == 0) {
      return;
    }
    int heads = Math.toIntExact(out.size() / index.numEdges());
    RowPlan plan = graph.plan(index);
    if (plan.longRows() == 0) {
      launch(index, plan, x, gradient, out, heads, 0, 0);
      return;
    }
    long bytes = 2L * heads * Widths.computedBytes(out.dtype());
    try (Device.Temporary partial = graph.device.temporary(bytes * plan.chunks());
        Device.Temporary merged = graph.device.temporary(bytes * plan.longRows())) {
      launch(index, plan, x, gradient, out, heads, partial.address(), merged.address());
    }
  }

  private void launch(
      RowIndex index,
      RowPlan plan,
      Array x,
      Array gradient,
      Array out,
      int heads,
      long partial,
      long merged) {
    int headLanes = Math.min(32, Widths.powerOfTwo(heads));
    // A lane keeps up to four edges, two of a middling row.
    int degree = index.numEdges() / index.numRows();
    int side = Math.min(32 / headLanes, Widths.powerOfTwo(degree / 2));
    int lanes = headLanes * side;
    int groups = Widths.BLOCK / lanes;
    int chunkBlocks = graph.chunkBlocks(plan, groups);
    Arguments arguments = plan.put(GraphDevice.put(new Arguments(), index));
    arguments.put(x).put(gradient).put(out).put(partial).put(merged);
    arguments.put(heads).put(headLanes).put(lanes).put(chunkBlocks);
    String name = gradient == null ? "softmax_" : "softmax_grad_";
    String suffix = Widths.suffix(out.dtype());
    graph.launch(
        name + suffix,
        chunkBlocks + Widths.over(index.numRows(), groups),
        Widths.over(heads, 32),
        arguments);
    if (plan.longRows() > 0) {
      int most = 8 * graph.device.multiprocessors();
      long heads32 = 32L * heads;
      graph.launch(
          name + "merge_" + suffix,
          Math.min(most, graph.blocks(heads32 * plan.longRows())),
          1,
          arguments);
      graph.launch(
          name + "chunks_" + suffix,
          Math.min(most, graph.blocks(32L * plan.chunks())),
          1,
          arguments);
    }
  }
}
