package io.relata.nn;

import io.relata.ErrorId;
import io.relata.RelataException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Layers by key, for instance one per relation (PyTorch: {@code nn.ModuleDict}); children are named
 * by their keys, in the map's order.
 */
public final class LayerMap<L extends Layer> extends Layer {
  private final Map<String, L> layers = new LinkedHashMap<>();

  /** With the given layers; use a map with an order, since initial state and listings follow it. */
  public LayerMap(Map<String, ? extends L> layers) {
    layers.forEach((key, layer) -> this.layers.put(key, child(key, layer)));
  }

  /**
   * The layer of a key.
   *
   * @throws RelataException ARGUMENT for an unknown key
   */
  public L get(String key) {
    L layer = layers.get(key);
    if (layer == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is no layer of this name")
          .expected("one of " + layers.keySet())
          .found("'" + key + "'")
          .build();
    }
    return layer;
  }

  /** All of them by key. */
  public Map<String, L> layers() {
    return Collections.unmodifiableMap(layers);
  }
}
