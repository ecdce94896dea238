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
 * {@code sum over v of σ(w · x_v + b) x_v} (DGL: {@code WeightAndSum}). Child {@code
 * atom_weighting}. (rows, D) gives (graphs, D).
 */
public final class WeightAndSum extends PoolLayer {
  private final Sequential weighting;

  /** For rows of size in. */
  public WeightAndSum(LayerContext context, int in) {
    weighting =
        child("atom_weighting", new Sequential(new Linear(context, in, 1), Activation.sigmoid()));
  }

  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    Tensor weighted = x.mul(weighting.forward(x));
    return output(SegmentOps.segmentReduce(graphs, Reducer.SUM, weighted), x);
  }
}
