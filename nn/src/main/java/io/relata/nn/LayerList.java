package io.relata.nn;

import java.util.Iterator;
import java.util.List;

/** Layers in a list (PyTorch: {@code nn.ModuleList}); children are named 0, 1, 2, … */
public final class LayerList<L extends Layer> extends Layer implements Iterable<L> {
  private final List<L> layers;

  /** With the given layers. */
  public LayerList(List<? extends L> layers) {
    this.layers = List.copyOf(layers);
    for (int i = 0; i < this.layers.size(); i++) {
      child(Integer.toString(i), this.layers.get(i));
    }
  }

  /** Layer i. */
  public L get(int i) {
    return layers.get(i);
  }

  /** How many there are. */
  public int size() {
    return layers.size();
  }

  @Override
  public Iterator<L> iterator() {
    return layers.iterator();
  }
}
