package io.relata.nn.pool;

import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.nn.UnaryLayer;
import io.relata.spi.Reducer;

/**
 * A weighted sum of each graph's nodes, {@code Σ α_v f(x_v)}, α the softmax over the graph of a
 * gate's numbers (Li et al., 2016; DGL: {@code GlobalAttentionPooling}). Children {@code gate_nn}
 * and, unless f is the identity, {@code feat_nn}.
 */
public final class GlobalAttentionPooling extends GraphPooling {
  private final UnaryLayer gate;
  private final UnaryLayer feature;

  /**
   * What the layer computed.
   *
   * @param output (graphs, D)
   * @param attention weight of each node, (N, 1)
   */
  public record Result(Tensor output, Tensor attention) {}

  /**
   * With a gate from (N, D) to (N, 1).
   *
   * @param feature f, or null for none
   */
  public GlobalAttentionPooling(UnaryLayer gate, UnaryLayer feature) {
    this.gate = child("gate_nn", gate);
    this.feature = feature == null ? null : child("feat_nn", feature);
  }

  /** {@inheritDoc} The result has the shape (graphs, D), D the size of f's rows. */
  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    return attend(graphs, x).output();
  }

  /** The same, with the attention weights. */
  public Result attend(Segments graphs, Tensor x) {
    requireRows(graphs, x);
    Tensor attention = SegmentOps.segmentSoftmax(graphs, gate.forward(x));
    Tensor rows = feature == null ? x : feature.forward(x);
    Tensor y = SegmentOps.segmentReduce(graphs, Reducer.SUM, rows.mul(attention));
    return new Result(output(y, x), attention);
  }
}
