package io.relata.examples.cora;

import static io.relata.Tensor.concat;
import static io.relata.graph.Functions.mean;
import static io.relata.graph.Functions.uMulE;

import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;

/**
 * GraphSAGE with a weight on every edge: it carries its source's features times the weight, which
 * the graph holds in the edge field {@code w}, (E, 1). Only the message function differs from
 * {@link PlainSage}.
 */
final class WeightedSage extends SageLayer {
  private final Linear linear;

  WeightedSage(LayerContext context, int in, int out) {
    linear = child("linear", new Linear(context, 2 * in, out));
  }

  @Override
  Tensor forward(HeteroGraph g, Tensor h) {
    try (var _ = g.localScope()) {
      g.nodes().set("h", h);
      g.updateAll(uMulE("h", "w", "m"), mean("m", "hN"));
      return linear.forward(concat(1, h, g.nodes().get("hN")));
    }
  }
}
