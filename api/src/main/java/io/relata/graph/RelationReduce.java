package io.relata.graph;

import io.relata.Tensor;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A reduce function of a library or plugin that computes all nodes of a relation at once: it gets
 * the messages by edge id and the index structure, not a mailbox for each in-degree. It stands
 * wherever a {@link Reduce} or a function of the user does, and may be paired with any message
 * function. Make it a record: its {@code toString} names it in messages.
 */
public interface RelationReduce extends NodeFunction {
  /** Field of the message that it reads. */
  String message();

  /** Node field that it writes. */
  String out();

  /**
   * The reduced messages of every destination node. Like the built-in reducers it gives 0 to a node
   * without in-edges and combines the edges of a node in the order of their ids.
   *
   * @param messages (numEdges, …), row e for edge e
   * @return (numDst, …)
   */
  Tensor reduce(Adjacency g, Tensor messages);

  /** The same on mailboxes. */
  @Override
  default Map<String, Tensor> apply(NodeBatch nodes) {
    Tensor box = nodes.mailbox(message());
    int n = Math.toIntExact(nodes.size());
    int degree = Math.toIntExact(box.dim(1));
    int[] src = IntStream.range(0, n * degree).toArray();
    int[] dst = IntStream.of(src).map(e -> e / degree).toArray();
    Adjacency g = Adjacency.of(box.relata(), toString(), src.length, n, src, dst);
    Tensor messages = box.reshape(box.shape().row().row().prepend(src.length));
    return Map.of(out(), reduce(g, messages));
  }
}
