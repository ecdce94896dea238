package io.relata.nn.pool;

import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.nn.Layer;

/** A layer from the rows of each graph of a batch to one row for the graph. */
public abstract class PoolLayer extends Layer {
  /**
   * Applies the layer.
   *
   * @param graphs which rows belong to which graph
   * @param x (rows, D)
   * @return (graphs, …), 0 for a graph without rows unless said otherwise
   */
  public abstract Tensor forward(Segments graphs, Tensor x);
}
