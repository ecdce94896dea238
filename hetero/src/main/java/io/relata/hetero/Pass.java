package io.relata.hetero;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Arg;
import io.relata.graph.EdgeBatch;
import io.relata.graph.EdgeFunction;
import io.relata.graph.GraphOps;
import io.relata.graph.Message;
import io.relata.graph.NodeBatch;
import io.relata.graph.NodeFunction;
import io.relata.graph.Reduce;
import io.relata.graph.RelationMessage;
import io.relata.graph.RelationReduce;
import io.relata.graph.Term;
import io.relata.graph.Update;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One relation's message passing, over all its edges or some: computes new fields and writes none.
 * Built-in pairs run as one fused product; libraries' functions see the relation, the user's see
 * batches.
 */
final class Pass {
  private final Relation relation;
  private final Frame src;
  private final Frame dst;
  private final Frame edges;
  private final Tensor subset;

  /** Over all edges. */
  Pass(HeteroGraph graph, Relation relation) {
    this(graph, relation, null);
  }

  private Pass(HeteroGraph graph, Relation relation, Tensor subset) {
    this.relation = relation;
    this.src = graph.srcFrame(relation.type().source());
    this.dst = graph.dstFrame(relation.type().destination());
    this.edges = graph.edgeFrame(relation.type());
    this.subset = subset;
  }

  /** Over some edges only; they are numbered from 0 in the given order. */
  static Pass over(HeteroGraph graph, Relation relation, int[] edges) {
    return new Pass(graph, relation.restrict(edges), graph.relata().tensor(edges));
  }

  Frame destinations() {
    return dst;
  }

  private String reader(Object function) {
    String name =
        switch (function) {
          case Message _, Reduce _, RelationMessage _, RelationReduce _ -> function.toString();
          default -> "a user-defined function";
        };
    return name + " on relation '" + relation.type() + "'";
  }

  // ---- fields ----

  private Tensor edgeField(String field, String reader) {
    Tensor t = edges.get(field, reader);
    return subset == null ? t : t.indexSelect(0, subset);
  }

  private Arg arg(Target target, String field, String reader) {
    return switch (target) {
      case U -> Arg.u(src.get(field, reader));
      case V -> Arg.v(dst.get(field, reader));
      case E -> Arg.e(edgeField(field, reader));
    };
  }

  /** The fused form of a built-in pair. */
  Term term(Message m, Reduce r) {
    String reader = reader(m);
    Arg lhs = arg(m.left(), m.leftField(), reader);
    Arg rhs = m.right() == null ? null : arg(m.right(), m.rightField(), reader);
    return new Term(relation.adjacency(), m.op(), r.reducer(), lhs, rhs, reader);
  }

  private EdgeBatch batch(EdgeFunction function) {
    String reader = reader(function);
    Relata relata = relation.adjacency().relata();
    Tensor ids = subset != null ? subset : relata.arange(0, relation.numEdges(), DType.INT32);
    return new EdgeBatch(
        ids,
        f -> src.get(f, reader).indexSelect(0, relation.adjacency().srcIds()),
        f -> dst.get(f, reader).indexSelect(0, relation.adjacency().dstIds()),
        f -> edgeField(f, reader));
  }

  // ---- per edge ----

  /** The fields a message function gives each edge. */
  Map<String, Tensor> messages(EdgeFunction function) {
    if (function instanceof Message m) {
      String reader = reader(m);
      Arg lhs = arg(m.left(), m.leftField(), reader);
      Arg rhs = m.right() == null ? null : arg(m.right(), m.rightField(), reader);
      return Map.of(m.out(), GraphOps.gsddmm(relation.adjacency(), m.op(), lhs, rhs, reader));
    }
    if (function instanceof RelationMessage m) {
      String reader = reader(m);
      Tensor t = m.message(relation.adjacency(), (target, field) -> arg(target, field, reader));
      requireRows(m + ", " + named(m.out()), t, relation.numEdges(), "the relation's edges");
      return Map.of(m.out(), t);
    }
    Map<String, Tensor> out = function.apply(batch(function));
    out.forEach(
        (field, t) -> requireRows(named(field), t, relation.numEdges(), "the batch's edges"));
    return out;
  }

  private static String named(String field) {
    return "field '" + field + "'";
  }

  private void requireRows(String what, Tensor t, long rows, String items) {
    if (t == null || t.shape().rank() == 0 || t.dim(0) != rows) {
      throw RelataException.of(
              ErrorId.FIELD_ROWS, "A user-defined function returned a wrong number of rows")
          .where("relation '" + relation.type() + "', " + what)
          .expected(rows + " rows, one for each of " + items)
          .found(t == null ? "null" : "shape " + t.shape())
          .build();
    }
  }

  // ---- per destination node ----

  /**
   * The fields an update gives the destination nodes, a row for each node, 0 where nothing arrived.
   */
  Map<String, Tensor> run(Update update) {
    Map<String, Tensor> reduced = reduced(update.message(), update.reduce());
    return update.apply() == null ? reduced : applied(update.apply(), reduced);
  }

  Map<String, Tensor> reduced(EdgeFunction message, NodeFunction reduce) {
    if (message instanceof Message m && reduce instanceof Reduce r) {
      return Map.of(r.out(), term(m, r).reduce());
    }
    Map<String, Tensor> messages = messages(message);
    if (reduce instanceof Reduce r) {
      Tensor m = mailed(messages, r.message(), reader(r));
      return Map.of(r.out(), GraphOps.copyReduce(relation.adjacency(), r.reducer(), Arg.e(m)));
    }
    if (reduce instanceof RelationReduce r) {
      Tensor t = r.reduce(relation.adjacency(), mailed(messages, r.message(), reader(r)));
      requireRows(r + ", " + named(r.out()), t, dst.rows(), "the destination nodes");
      return Map.of(r.out(), t);
    }
    return byDegree(messages, reduce);
  }

  private static Tensor mailed(Map<String, Tensor> messages, String field, String reader) {
    Tensor m = messages.get(field);
    if (m == null) {
      throw RelataException.of(ErrorId.FIELD_UNKNOWN, "The message has no such field")
          .where(reader)
          .expected("one of " + messages.keySet())
          .found("'" + field + "'")
          .build();
    }
    return m;
  }

  private Map<String, Tensor> byDegree(Map<String, Tensor> messages, NodeFunction reduce) {
    String reader = reader(reduce);
    Map<String, List<Tensor>> rows = new LinkedHashMap<>();
    List<Tensor> nodes = new ArrayList<>();
    DegreeBuckets buckets = relation.buckets();
    // By field, the mailboxes of all groups: gathered and split once, for the gradient of a gather
    // per group would be as large as all messages, for every group.
    Map<String, List<Tensor>> boxes = new LinkedHashMap<>();
    for (DegreeBuckets.Group group : buckets.groups()) {
      long count = group.nodes().size();
      int index = nodes.size();
      NodeBatch batch =
          new NodeBatch(
              group.nodes(),
              f -> dst.get(f, reader).indexSelect(0, group.nodes()),
              f -> {
                Tensor m = mailed(messages, f, reader);
                Shape box = m.shape().row().prepend(group.degree()).prepend(count);
                return boxes
                    .computeIfAbsent(
                        f, _ -> m.indexSelect(0, buckets.edges()).split(0, buckets.sizes()))
                    .get(index)
                    .reshape(box);
              });
      Map<String, Tensor> out = reduce.apply(batch);
      out.forEach(
          (field, t) -> {
            requireRows(named(field), t, count, "the batch's nodes");
            rows.computeIfAbsent(field, _ -> new ArrayList<>()).add(t);
          });
      nodes.add(group.nodes());
    }
    Map<String, Tensor> result = new LinkedHashMap<>();
    rows.forEach(
        (field, parts) -> {
          if (parts.size() != nodes.size()) {
            throw RelataException.of(
                    ErrorId.FIELD_UNKNOWN,
                    "A reduce function must return the same fields every time")
                .where(reader + ", field '" + field + "'")
                .build();
          }
          Tensor some = parts.getFirst();
          Tensor zeros =
              some.relata().zeros(some.dtype(), some.shape().row().prepend(dst.rows()).dims());
          result.put(field, zeros.indexAdd(Tensor.concat(0, nodes), Tensor.concat(0, parts)));
        });
    return result;
  }

  /**
   * An update of node fields, over all destination nodes, that sees {@code reduced} before the
   * frame.
   */
  Map<String, Tensor> applied(NodeFunction apply, Map<String, Tensor> reduced) {
    String reader = reader(apply);
    Map<String, Tensor> out = new LinkedHashMap<>(reduced);
    Tensor ids = relation.adjacency().relata().arange(0, dst.rows(), DType.INT32);
    NodeBatch batch =
        new NodeBatch(
            ids,
            f -> reduced.containsKey(f) ? reduced.get(f) : dst.get(f, reader),
            f -> mailed(Map.of(), f, reader));
    Map<String, Tensor> more = apply.apply(batch);
    more.forEach((field, t) -> requireRows(named(field), t, dst.rows(), "the batch's nodes"));
    out.putAll(more);
    return out;
  }
}
