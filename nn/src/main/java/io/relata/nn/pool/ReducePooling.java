package io.relata.nn.pool;

import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.spi.Reducer;
import java.util.Locale;

/**
 * Sum, mean, maximum or minimum of the nodes of each graph (DGL: {@code SumPooling}, {@code
 * AvgPooling}, {@code MaxPooling}). A graph without nodes gives 0.
 */
public final class ReducePooling extends GraphPooling {
  private final Reducer reducer;

  /** With a reducer. */
  public ReducePooling(Reducer reducer) {
    this.reducer = reducer;
  }

  /** {@inheritDoc} The result has the shape (graphs, D). */
  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    requireRows(graphs, x);
    return output(SegmentOps.segmentReduce(graphs, reducer, x), x);
  }

  @Override
  protected String describe() {
    return reducer.name().toLowerCase(Locale.ROOT);
  }
}
