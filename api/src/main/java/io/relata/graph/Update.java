package io.relata.graph;

import io.relata.ErrorId;
import io.relata.RelataException;

/**
 * A message function with its reduce function, and optionally an update of the node fields
 * afterwards; made by {@link Functions#with}.
 *
 * @param message what travels along an edge
 * @param reduce how a node combines what arrives
 * @param apply sees the node's fields and the reduced ones; null for none
 */
public record Update(EdgeFunction message, NodeFunction reduce, NodeFunction apply) {
  /** Refuses a built-in reduce function that reads what the message does not write. */
  public Update {
    if (message == null || reduce == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "A message and a reduce function are needed")
          .build();
    }
    if (message instanceof Message m
        && reduce instanceof Reduce r
        && !m.out().equals(r.message())) {
      throw RelataException.of(
              ErrorId.FIELD_MISMATCH, "The reduce function reads what the message does not write")
          .where(m + " with " + r)
          .expected("'" + m.out() + "', the field that the message writes")
          .found("'" + r.message() + "'")
          .remedy("use the same name in both functions")
          .build();
    }
  }
}
