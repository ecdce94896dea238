package io.relata.examples.cora;

import static io.relata.Tensor.concat;
import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.mean;

import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;

/**
 * GraphSAGE with built-in functions: every edge carries its source's features, every node takes the
 * mean. The pair runs as one kernel, without an array of messages.
 *
 * <p>Multiplying first and taking the mean of the products afterwards gives the same numbers on
 * narrower rows; this layer stays as the tutorial writes it.
 */
final class PlainSage extends SageLayer {
  private final Linear linear;

  PlainSage(LayerContext context, int in, int out) {
    // Twice: a node's own features stand beside those of its neighbours.
    linear = child("linear", new Linear(context, 2 * in, out));
  }

  @Override
  Tensor forward(HeteroGraph g, Tensor h) {
    try (var _ = g.localScope()) {
      g.nodes().set("h", h);
      g.updateAll(copyU("h", "m"), mean("m", "hN"));
      return linear.forward(concat(1, h, g.nodes().get("hN")));
    }
  }
}
