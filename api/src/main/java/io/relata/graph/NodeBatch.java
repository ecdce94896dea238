package io.relata.graph;

import io.relata.Tensor;
import java.util.function.Function;

/**
 * What a user-defined reduce or update function sees: some nodes of one type, and when they receive
 * messages, nodes of one in-degree with their mailboxes.
 */
public final class NodeBatch {
  private final Tensor ids;
  private final Function<String, Tensor> data;
  private final Function<String, Tensor> mailbox;

  /**
   * A batch; fields are gathered when they are asked for.
   *
   * @param ids node ids, (nodes,) INT32
   * @param data gathers a field of the nodes
   * @param mailbox gathers the messages of a field, (nodes, degree, …)
   */
  public NodeBatch(Tensor ids, Function<String, Tensor> data, Function<String, Tensor> mailbox) {
    this.ids = ids;
    this.data = data;
    this.mailbox = mailbox;
  }

  /** Number of nodes. */
  public long size() {
    return ids.size();
  }

  /** Node ids, (nodes,) INT32. */
  public Tensor ids() {
    return ids;
  }

  /** A field of each node, (nodes, …). */
  public Tensor data(String field) {
    return data.apply(field);
  }

  /** The messages each node received, (nodes, degree, …), in ascending edge id. */
  public Tensor mailbox(String field) {
    return mailbox.apply(field);
  }
}
