package io.relata.graph;

import io.relata.Tensor;
import io.relata.spi.Target;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A message function of a library or plugin that computes all edges of a relation at once: it gets
 * the index structure and the fields as they are, a row for each node, so that it can use {@link
 * GraphOps} and {@link Tensor#record} and need not gather a row for each edge. It stands wherever a
 * {@link Message} or a function of the user does, and may be paired with any reduce function. Make
 * it a record: its {@code toString} names it in messages.
 */
public interface RelationMessage extends EdgeFunction {
  /** The fields of one relation's ends and edges. */
  @FunctionalInterface
  interface Fields {
    /** The operand a field gives. Fails with a message that names reader and relation. */
    Arg get(Target target, String field);

    /** A field of the source nodes, (numSrc, …). */
    default Arg u(String field) {
      return get(Target.U, field);
    }

    /** A field of the destination nodes, (numDst, …). */
    default Arg v(String field) {
      return get(Target.V, field);
    }

    /** A field of the edges, (numEdges, …). */
    default Arg e(String field) {
      return get(Target.E, field);
    }
  }

  /** Field of the message. */
  String out();

  /**
   * The message of every edge.
   *
   * @param g the relation's edges, or only those that an operation was limited to
   * @return (numEdges, …), row e for edge e
   */
  Tensor message(Adjacency g, Fields fields);

  /** The same for a batch, whose edges are taken as a relation between their own ends. */
  @Override
  default Map<String, Tensor> apply(EdgeBatch edges) {
    int n = Math.toIntExact(edges.size());
    int[] own = IntStream.range(0, n).toArray();
    Adjacency g = Adjacency.of(edges.ids().relata(), toString(), n, n, own, own);
    Fields gathered =
        (target, field) ->
            switch (target) {
              case U -> Arg.u(edges.src(field));
              case V -> Arg.v(edges.dst(field));
              case E -> Arg.e(edges.data(field));
            };
    return Map.of(out(), message(g, gathered));
  }
}
