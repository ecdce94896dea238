package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;

/**
 * How many edges of a node are sampled: DGL means per relation, PyG over all relations together.
 *
 * @param count edges at most
 * @param perRelation whether the count holds for each relation
 */
public record Fanout(int count, boolean perRelation) {
  /** Checks the count. */
  public Fanout {
    if (count < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "A fanout is negative")
          .found(Integer.toString(count))
          .remedy("use Fanout.ALL for all edges")
          .build();
    }
  }

  /** All edges. */
  public static final Fanout ALL = new Fanout(Integer.MAX_VALUE, true);

  /** At most so many of each relation (DGL). */
  public static Fanout perRelation(int count) {
    return new Fanout(count, true);
  }

  /** At most so many of all relations together (PyG, OGB). */
  public static Fanout total(int count) {
    return new Fanout(count, false);
  }
}
