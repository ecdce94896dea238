package io.relata.hetero;

import io.relata.DType;
import io.relata.Tensor;
import io.relata.graph.NodeBatch;
import io.relata.graph.NodeFunction;
import java.util.Set;

/**
 * The nodes of one type: their fields (DGL: {@code g.nodes[t].data}, {@code srcdata}, {@code
 * dstdata}).
 */
public final class NodeView {
  private final HeteroGraph graph;
  private final String type;
  private final Frame frame;

  NodeView(HeteroGraph graph, String type, Frame frame) {
    this.graph = graph;
    this.type = type;
    this.frame = frame;
  }

  /** The node type. */
  public String type() {
    return type;
  }

  /** Number of nodes. */
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

  /**
   * A field, (count, …).
   *
   * @throws io.relata.RelataException FIELD_UNKNOWN, naming the fields there are
   */
  public Tensor get(String field) {
    return frame.get(field, null);
  }

  /**
   * Sets a field.
   *
   * @param value (count, …)
   * @throws io.relata.RelataException FIELD_ROWS for another number of rows
   */
  public NodeView set(String field, Tensor value) {
    frame.set(field, value);
    return this;
  }

  /** Removes a field and returns it. */
  public Tensor remove(String field) {
    return frame.remove(field);
  }

  /** Sets the fields that a function of all nodes returns (DGL: {@code apply_nodes}). */
  public void apply(NodeFunction function) {
    Tensor ids = graph.relata().arange(0, count(), DType.INT32);
    String reader = "apply on node type '" + type + "'";
    NodeBatch batch =
        new NodeBatch(
            ids,
            f -> frame.get(f, reader),
            f -> {
              throw new UnsupportedOperationException("No messages outside a reduce function");
            });
    frame.setAll(function.apply(batch));
  }
}
