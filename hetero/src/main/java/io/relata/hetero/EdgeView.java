package io.relata.hetero;

import io.relata.Tensor;
import java.util.Set;

/** The edges of one relation: their fields (DGL: {@code g.edges[r].data}). */
public final class EdgeView {
  private final EdgeType type;
  private final Frame frame;

  EdgeView(EdgeType type, Frame frame) {
    this.type = type;
    this.frame = frame;
  }

  /** The relation's full name. */
  public EdgeType type() {
    return type;
  }

  /** Number of edges. */
  public int count() {
    return frame.rows();
  }

  /** Names of the fields that are set. */
  public Set<String> fields() {
    return frame.fields();
  }

  /** Whether a field is set. */
  public boolean has(String field) {
    return frame.has(field);
  }

  /** A field, (count, …), by edge id. */
  public Tensor get(String field) {
    return frame.get(field, null);
  }

  /** Sets a field, (count, …). */
  public EdgeView set(String field, Tensor value) {
    frame.set(field, value);
    return this;
  }

  /** Removes a field and returns it. */
  public Tensor remove(String field) {
    return frame.remove(field);
  }
}
