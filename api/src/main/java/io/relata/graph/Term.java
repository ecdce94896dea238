package io.relata.graph;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * One relation's part in a message-passing step: {@code reduce over e = (u, v) of op(lhs, rhs)}.
 *
 * @param graph the relation's edges
 * @param op how an edge combines its operands
 * @param reducer how a destination combines its in-edges
 * @param lhs left operand
 * @param rhs right operand, null for copy
 * @param where names the relation and the function in messages
 */
public record Term(Adjacency graph, MessageOp op, Reducer reducer, Arg lhs, Arg rhs, String where) {

  private MessageShape checked() {
    GraphOps.check(graph, where, lhs);
    return GraphOps.shape(where, op, lhs, rhs, graph);
  }

  /** The reduced messages of this relation alone, (numDst, …). */
  public Tensor reduce() {
    if (reducer == Reducer.SUM || reducer == Reducer.MEAN) {
      return sum(List.of(this));
    }
    MessageShape shape = checked();
    Tensor out = graph.relata().empty(lhs.value().dtype(), shape.feature().prepend(graph.numDst()));
    boolean record = lhs.value().needsRecord() || rhs != null && rhs.value().needsRecord();
    Tensor winners = record ? graph.relata().empty(DType.INT32, out.shape()) : null;
    GraphOps.spmm(graph, op, lhs, rhs, shape.forward(), reducer, out, winners, false);
    return Tensor.record(
            "gspmm",
            out,
            g -> GraphOps.winnerGradients(graph, op, lhs, rhs, shape.forward(), winners, g),
            lhs.value(),
            rhs == null ? null : rhs.value())
        .freeWithRecord(winners);
  }

  /** Every term adds its rows to one result. */
  static Tensor sum(List<Term> terms) {
    Term first = terms.getFirst();
    MessageShape[] shapes = new MessageShape[terms.size()];
    Tensor[] inputs = new Tensor[2 * terms.size()];
    for (int i = 0; i < shapes.length; i++) {
      Term t = terms.get(i);
      shapes[i] = t.checked();
      inputs[2 * i] = t.lhs.value();
      inputs[2 * i + 1] = t.rhs == null ? null : t.rhs.value();
      t.requireSameResult(shapes[i], first, shapes[0]);
    }
    Shape full = shapes[0].feature().prepend(first.graph.numDst());
    Tensor out = first.graph.relata().empty(first.lhs.value().dtype(), full);
    List<SpmmCall> calls = new ArrayList<>(shapes.length);
    for (int i = 0; i < shapes.length; i++) {
      Term t = terms.get(i);
      FeaturePlan plan = shapes[i].forward();
      calls.add(GraphOps.call(t.graph, t.op, t.lhs, t.rhs, plan, t.reducer, out, null, i > 0));
    }
    first.graph.relata().spmm().runAll(calls);
    List<Term> kept = List.copyOf(terms);
    return Tensor.record(
        "gspmm",
        out,
        (g, walk) -> {
          PendingSums sums = new PendingSums(g.relata());
          Tensor[] result = new Tensor[inputs.length];
          boolean own = walk.ownsGradient() && shapes.length == 1;
          for (int i = 0; i < shapes.length; i++) {
            kept.get(i).gradients(sums, shapes[i], g, own, result, 2 * i);
          }
          sums.run();
          return result;
        },
        inputs);
  }

  /**
   * Puts the gradients of both operands into two places of {@code result}.
   *
   * @param own whether the gradient may be overwritten
   */
  private void gradients(
      PendingSums sums, MessageShape shape, Tensor gradient, boolean own, Tensor[] result, int at) {
    if (reducer == Reducer.MEAN
        && op == MessageOp.COPY
        && lhs.target() == Target.U
        && gradient.size() > GraphOps.EDGE_WEIGHT * graph.numEdges()) {
      if (lhs.value().requiresGrad()) {
        result[at] = GraphOps.meanGradient(sums, graph, lhs, gradient);
      }
      return;
    }
    Tensor z = reducer == Reducer.MEAN ? GraphOps.overDegree(graph, gradient, own) : gradient;
    Tensor[] pair = GraphOps.gradients(sums, graph, op, lhs, rhs, shape, Arg.v(z));
    result[at] = pair[0];
    result[at + 1] = pair[1];
  }

  private void requireSameResult(MessageShape shape, Term first, MessageShape firstShape) {
    if (reducer != Reducer.SUM && reducer != Reducer.MEAN) {
      throw RelataException.of(ErrorId.ARGUMENT, "Only sums and means can be added up")
          .where(where)
          .found(reducer.toString())
          .build();
    }
    first.lhs.value().requireSameRuntime(where, lhs.value());
    if (!shape.feature().equals(firstShape.feature())
        || graph.numDst() != first.graph.numDst()
        || lhs.value().dtype() != first.lhs.value().dtype()) {
      throw RelataException.of(ErrorId.SHAPE, "The relations' results cannot be combined")
          .where(where)
          .expected(
              first.lhs.value().dtype()
                  + " rows of shape "
                  + firstShape.feature()
                  + " for "
                  + first.graph.numDst()
                  + " nodes, as from "
                  + first.where)
          .found(
              lhs.value().dtype()
                  + " rows of shape "
                  + shape.feature()
                  + " for "
                  + graph.numDst()
                  + " nodes")
          .build();
    }
  }
}
