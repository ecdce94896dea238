package io.relata.nn;

import io.relata.Tensor;

/** Sees what layers compute, while {@link Layer#observe} lets it; for diagnosis and profiling. */
@FunctionalInterface
public interface LayerObserver {
  /**
   * A layer has computed something.
   *
   * @param path dotted name of the layer under the observed one; empty for that one itself
   * @param layer who computed
   * @param output its result
   * @param inputs the tensors it was given, as far as the layer tells
   */
  void onOutput(String path, Layer layer, Tensor output, Tensor... inputs);
}
