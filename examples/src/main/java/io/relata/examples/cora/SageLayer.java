package io.relata.examples.cora;

import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Layer;

/**
 * A layer of GraphSAGE with mean aggregation (Hamilton et al. 2017): {@code W [h_v ; mean of h_u
 * over u → v] + b}. The subclasses say the same in three ways.
 */
abstract class SageLayer extends Layer {
  /**
   * Passes messages along the only relation of a graph; the graph's fields stay as they are.
   *
   * @param h features of the nodes, (N, in)
   * @return new features, (N, out)
   */
  abstract Tensor forward(HeteroGraph g, Tensor h);
}
