package io.relata.hetero.transform;

import io.relata.graph.EdgeFunction;
import io.relata.graph.NodeFunction;
import io.relata.hetero.RelationView;

/**
 * Message passing frontier by frontier, so that later frontiers see what earlier ones computed;
 * {@link Traversals} makes the frontiers.
 */
public final class Propagation {
  private Propagation() {}

  /**
   * The nodes of each frontier in turn receive along all their in-edges (DGL: {@code prop_nodes}).
   */
  public static void nodes(
      RelationView relation, Iterable<int[]> frontiers, EdgeFunction message, NodeFunction reduce) {
    frontiers.forEach(nodes -> relation.pull(nodes, message, reduce));
  }

  /** Messages go along the edges of each frontier in turn (DGL: {@code prop_edges}). */
  public static void edges(
      RelationView relation, Iterable<int[]> frontiers, EdgeFunction message, NodeFunction reduce) {
    frontiers.forEach(edges -> relation.sendAndRecv(edges, message, reduce));
  }
}
