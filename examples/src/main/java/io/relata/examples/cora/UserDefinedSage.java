package io.relata.examples.cora;

import static io.relata.Tensor.concat;

import io.relata.Tensor;
import io.relata.graph.EdgeBatch;
import io.relata.graph.NodeBatch;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import java.util.Map;

/**
 * GraphSAGE with functions of one's own in place of the built-in ones. They may compute anything,
 * and have a price: the messages of all edges exist as an array, (E, in).
 */
final class UserDefinedSage extends SageLayer {
  private final Linear linear;

  UserDefinedSage(LayerContext context, int in, int out) {
    linear = child("linear", new Linear(context, 2 * in, out));
  }

  @Override
  Tensor forward(HeteroGraph g, Tensor h) {
    try (var _ = g.localScope()) {
      g.nodes().set("h", h);
      g.updateAll(UserDefinedSage::weighted, UserDefinedSage::mean);
      return linear.forward(concat(1, h, g.nodes().get("hN")));
    }
  }

  /** What {@code uMulE("h", "w", "m")} does: sees all edges at once. */
  private static Map<String, Tensor> weighted(EdgeBatch edges) {
    return Map.of("m", edges.src("h").mul(edges.data("w")));
  }

  /** What {@code mean("m", "hN")} does: sees nodes of one in-degree at a time. */
  private static Map<String, Tensor> mean(NodeBatch nodes) {
    return Map.of("hN", nodes.mailbox("m").mean(1));
  }
}
