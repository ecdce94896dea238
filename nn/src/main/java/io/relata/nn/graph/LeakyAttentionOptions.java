package io.relata.nn.graph;

import io.relata.nn.LayerContext;

/** The options of attention layers whose logits go through a leaky relu. */
abstract class LeakyAttentionOptions<B extends LeakyAttentionOptions<B>>
    extends AttentionOptions<B> {
  double negativeSlope = 0.2;

  LeakyAttentionOptions(LayerContext context, int in, int out, int heads) {
    super(context, in, out, heads);
  }

  /** Slope of the leaky relu, 0.2 by default. */
  public B negativeSlope(double value) {
    negativeSlope = value;
    return self();
  }
}
