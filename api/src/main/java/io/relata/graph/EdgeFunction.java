package io.relata.graph;

import io.relata.Tensor;
import java.util.Map;

/**
 * A message function, or an update of edge fields: built in (a {@link Message}, which is fused with
 * the reducer), a library's ({@link RelationMessage}) or the user's own.
 */
@FunctionalInterface
public interface EdgeFunction {
  /** Fields of the batch's edges, each (edges, …). */
  Map<String, Tensor> apply(EdgeBatch edges);
}
