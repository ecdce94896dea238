package io.relata.nn.pool;

import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.nn.Activation;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.Sequential;
import io.relata.spi.Reducer;

/**
 * A sum of each graph's nodes with a learned weight between 0 and 1 for each, {@code Σ σ(w · x_v +
 * b) x_v} (DGL: {@code WeightAndSum}). Child {@code atom_weighting}, of which 0 is the map.
 */
public final class WeightAndSum extends GraphPooling {
  private final Sequential weights;

  /** For rows of the given size. */
  public WeightAndSum(LayerContext context, int size) {
    weights =
        child("atom_weighting", new Sequential(new Linear(context, size, 1), Activation.sigmoid()));
  }

  /** {@inheritDoc} The result has the shape (graphs, D). */
  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    requireRows(graphs, x);
    Tensor y = SegmentOps.segmentReduce(graphs, Reducer.SUM, x.mul(weights.forward(x)));
    return output(y, x);
  }
}
