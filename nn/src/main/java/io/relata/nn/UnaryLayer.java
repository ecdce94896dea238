package io.relata.nn;

import io.relata.Tensor;

/** A layer from one tensor to one tensor, which {@link Sequential} can chain. */
public abstract class UnaryLayer extends Layer {
  /** Applies the layer. */
  public abstract Tensor forward(Tensor x);
}
