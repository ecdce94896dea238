package io.relata.nn;

import io.relata.Tensor;

/** A rule for the initial values of a parameter; {@link Initializers} has the usual ones. */
@FunctionalInterface
public interface Initializer {
  /** A new tensor of the context's type. */
  Tensor make(LayerContext context, long... shape);
}
