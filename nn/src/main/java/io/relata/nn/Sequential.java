package io.relata.nn;

import io.relata.Tensor;
import java.util.List;

/** Layers one after the other (PyTorch: {@code nn.Sequential}); children are named 0, 1, 2, … */
public final class Sequential extends UnaryLayer {
  private final List<UnaryLayer> layers;

  /** In the order of application. */
  public Sequential(UnaryLayer... layers) {
    this.layers = List.of(layers);
    for (int i = 0; i < layers.length; i++) {
      child(Integer.toString(i), layers[i]);
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < layers.size(); i++) {
      if (!isObserved()
          && layers.get(i) instanceof Linear map
          && i + 1 < layers.size()
          && layers.get(i + 1) instanceof Activation after) {
        y = map.forward(y, after);
        i++;
      } else {
        y = layers.get(i).forward(y);
      }
    }
    return y;
  }
}
