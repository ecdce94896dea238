package io.relata.nn.pool;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.nn.UnaryLayer;
import io.relata.spi.Reducer;

/**
 * {@code sum over v of softmax(gate(x))_v feature(x_v)}, the softmax over the rows of a graph (Y.
 * Li and others, Gated graph sequence neural networks, 2016; DGL: {@code GlobalAttentionPooling}).
 * Children {@code gate_nn} and {@code feat_nn}.
 */
public final class GlobalAttentionPooling extends PoolLayer {
  private final UnaryLayer gate;
  private final UnaryLayer feature;

  /** Of the rows themselves. */
  public GlobalAttentionPooling(UnaryLayer gate) {
    this(gate, null);
  }

  /**
   * Of what a layer makes of the rows.
   *
   * @param gate from (rows, D) to (rows, 1)
   * @param feature from (rows, D) to (rows, F); null for the rows themselves
   */
  public GlobalAttentionPooling(UnaryLayer gate, UnaryLayer feature) {
    this.gate = child("gate_nn", gate);
    this.feature = feature == null ? null : child("feat_nn", feature);
  }

  /**
   * What the layer computed.
   *
   * @param output (graphs, F)
   * @param attention weight of each row, (rows, 1)
   */
  public record Attended(Tensor output, Tensor attention) {}

  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    return attend(graphs, x).output();
  }

  /** The same with the weights. */
  public Attended attend(Segments graphs, Tensor x) {
    Tensor logits = gate.forward(x);
    if (logits.shape().rank() != 2 || logits.dim(1) != 1) {
      throw RelataException.of(ErrorId.SHAPE, "The gate gives one number for each row")
          .where("GlobalAttentionPooling")
          .expected("(" + x.dim(0) + ", 1)")
          .found(logits.shape().toString())
          .build();
    }
    Tensor attention = SegmentOps.segmentSoftmax(graphs, logits);
    Tensor rows = feature == null ? x : feature.forward(x);
    Tensor sum = SegmentOps.segmentReduce(graphs, Reducer.SUM, rows.mul(attention));
    return new Attended(output(sum, x), attention);
  }
}
