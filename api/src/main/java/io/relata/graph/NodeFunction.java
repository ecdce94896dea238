package io.relata.graph;

import io.relata.Tensor;
import java.util.Map;

/**
 * A reduce function, or an update of node fields: built in (a {@link Reduce}), a library's ({@link
 * RelationReduce}) or the user's own. A reduce function of the user is called once for each
 * distinct in-degree above 0.
 */
@FunctionalInterface
public interface NodeFunction {
  /** Fields of the batch's nodes, each (nodes, …). */
  Map<String, Tensor> apply(NodeBatch nodes);
}
