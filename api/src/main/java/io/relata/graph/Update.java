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
  /** Refuses a reduce function of a known field that reads what the message does not write. */
  public Update {
    if (message == null || reduce == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "A message and a reduce function are needed")
          .build();
    }
    String written = written(message);
    String read = read(reduce);
    if (written != null && read != null && !written.equals(read)) {
      throw RelataException.of(
              ErrorId.FIELD_MISMATCH, "The reduce function reads what the message does not write")
          .where(message + " with " + reduce)
          .expected("'" + written + "', the field that the message writes")
          .found("'" + read + "'")
          .remedy("use the same name in both functions")
          .build();
    }
  }

  /** The field a message function writes; null where only running it tells. */
  private static String written(EdgeFunction message) {
    return switch (message) {
      case Message m -> m.out();
      case RelationMessage m -> m.out();
      default -> null;
    };
  }

  /** The message field a reduce function reads; null where only running it tells. */
  private static String read(NodeFunction reduce) {
    return switch (reduce) {
      case Reduce r -> r.message();
      case RelationReduce r -> r.message();
      default -> null;
    };
  }
}
