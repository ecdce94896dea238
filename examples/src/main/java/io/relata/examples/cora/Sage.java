package io.relata.examples.cora;

import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;

/** The tutorial's network: two layers with a rectifier between them. */
final class Sage extends Layer {
  private final SageLayer conv1;
  private final SageLayer conv2;

  /** With layers of one form; the parameters' initial values depend on the runtime's seed only. */
  Sage(LayerContext context, Form form, int in, int hidden, int classes) {
    conv1 = child("conv1", form.layer(context, in, hidden));
    conv2 = child("conv2", form.layer(context, hidden, classes));
  }

  /** Features of the nodes (N, in) to scores of the classes (N, classes). */
  Tensor forward(HeteroGraph g, Tensor features) {
    Tensor h = conv1.forward(g, features).relu();
    return conv2.forward(g, h);
  }
}
