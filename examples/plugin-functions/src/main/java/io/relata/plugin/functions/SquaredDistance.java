package io.relata.plugin.functions;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.RelationMessage;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * The message {@code sum over the last axis of (u - v)^2}, kept with size 1: (…, D) gives (…, 1).
 *
 * <p>Forward makes the differences once, of the size edges x features, since |u|^2 - 2uv + |v|^2
 * would cancel for neighbours that are close. Backward needs nothing of that size: with the
 * gradient g of an edge, that of u is {@code 2 (u * sum of g - sum of g v)} over the edges of u.
 *
 * @param u field of the source, (numSrc, …, D)
 * @param v field of the destination, of the same row shape
 * @param out field of the message
 */
public record SquaredDistance(String u, String v, String out) implements RelationMessage {
  @Override
  public Tensor message(Adjacency g, Fields fields) {
    Tensor x = fields.u(u).value();
    Tensor y = fields.v(v).value();
    if (x.shape().rank() < 2 || !x.shape().row().equals(y.shape().row())) {
      throw new IllegalArgumentException(
          this
              + " needs rows of one shape and at least one axis, found "
              + x.shape()
              + " and "
              + y.shape());
    }
    Arg difference =
        Arg.e(GraphOps.gsddmm(g, MessageOp.SUB, Arg.u(x.detach()), Arg.v(y.detach()), toString()));
    Tensor result = GraphOps.gsddmm(g, MessageOp.DOT, difference, difference, toString());
    return Tensor.record(
        "squaredDistance",
        result,
        gradient ->
            new Tensor[] {
              x.requiresGrad() ? towards(g.reversed(), x.detach(), y.detach(), gradient) : null,
              y.requiresGrad() ? towards(g, y.detach(), x.detach(), gradient) : null
            },
        x,
        y);
  }

  /** The gradient of the rows at the destinations of g: 2 (own * sum of w - sum of w * others). */
  private static Tensor towards(Adjacency g, Tensor own, Tensor others, Tensor w) {
    Tensor weight = GraphOps.copyReduce(g, Reducer.SUM, Arg.e(w));
    Tensor pull = GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(others), Arg.e(w));
    return own.mul(weight).sub(pull).mul(2);
  }

  @Override
  public String toString() {
    return "u_sqdist_v('" + u + "', '" + v + "', '" + out + "')";
  }
}
