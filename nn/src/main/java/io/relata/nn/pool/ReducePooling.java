package io.relata.nn.pool;

import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.spi.Reducer;

/**
 * Sum, mean, max or min of each column (DGL: {@code SumPooling}, {@code AvgPooling}, {@code
 * MaxPooling}). (rows, …) gives (graphs, …).
 */
public final class ReducePooling extends PoolLayer {
  private final Reducer reducer;

  /** With a reducer. */
  public ReducePooling(Reducer reducer) {
    this.reducer = reducer;
  }

  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    return output(SegmentOps.segmentReduce(graphs, reducer, x), x);
  }

  @Override
  protected String describe() {
    return reducer.toString();
  }
}
