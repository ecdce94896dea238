package io.relata.graph;

import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;

/**
 * The built-in message and reduce functions, to be imported statically (DGL: {@code dgl.function}).
 * A name reads like the formula: {@code uMulE("h", "w", "m")} is m = h of the source times w of the
 * edge.
 */
public final class Functions {
  private Functions() {}

  /** Message: the source's field. */
  public static Message copyU(String field, String out) {
    return new Message(MessageOp.COPY, Target.U, field, null, null, out);
  }

  /** Message: the edge's field. */
  public static Message copyE(String field, String out) {
    return new Message(MessageOp.COPY, Target.E, field, null, null, out);
  }

  /** Message: the source's field plus the destination's. */
  public static Message uAddV(String u, String v, String out) {
    return new Message(MessageOp.ADD, Target.U, u, Target.V, v, out);
  }

  /** Message: the source's field plus the edge's. */
  public static Message uAddE(String u, String e, String out) {
    return new Message(MessageOp.ADD, Target.U, u, Target.E, e, out);
  }

  /** Message: the destination's field plus the source's. */
  public static Message vAddU(String v, String u, String out) {
    return new Message(MessageOp.ADD, Target.V, v, Target.U, u, out);
  }

  /** Message: the destination's field plus the edge's. */
  public static Message vAddE(String v, String e, String out) {
    return new Message(MessageOp.ADD, Target.V, v, Target.E, e, out);
  }

  /** Message: the edge's field plus the source's. */
  public static Message eAddU(String e, String u, String out) {
    return new Message(MessageOp.ADD, Target.E, e, Target.U, u, out);
  }

  /** Message: the edge's field plus the destination's. */
  public static Message eAddV(String e, String v, String out) {
    return new Message(MessageOp.ADD, Target.E, e, Target.V, v, out);
  }

  /** Message: the source's field minus the destination's. */
  public static Message uSubV(String u, String v, String out) {
    return new Message(MessageOp.SUB, Target.U, u, Target.V, v, out);
  }

  /** Message: the source's field minus the edge's. */
  public static Message uSubE(String u, String e, String out) {
    return new Message(MessageOp.SUB, Target.U, u, Target.E, e, out);
  }

  /** Message: the destination's field minus the source's. */
  public static Message vSubU(String v, String u, String out) {
    return new Message(MessageOp.SUB, Target.V, v, Target.U, u, out);
  }

  /** Message: the destination's field minus the edge's. */
  public static Message vSubE(String v, String e, String out) {
    return new Message(MessageOp.SUB, Target.V, v, Target.E, e, out);
  }

  /** Message: the edge's field minus the source's. */
  public static Message eSubU(String e, String u, String out) {
    return new Message(MessageOp.SUB, Target.E, e, Target.U, u, out);
  }

  /** Message: the edge's field minus the destination's. */
  public static Message eSubV(String e, String v, String out) {
    return new Message(MessageOp.SUB, Target.E, e, Target.V, v, out);
  }

  /** Message: the source's field times the destination's. */
  public static Message uMulV(String u, String v, String out) {
    return new Message(MessageOp.MUL, Target.U, u, Target.V, v, out);
  }

  /** Message: the source's field times the edge's. */
  public static Message uMulE(String u, String e, String out) {
    return new Message(MessageOp.MUL, Target.U, u, Target.E, e, out);
  }

  /** Message: the destination's field times the source's. */
  public static Message vMulU(String v, String u, String out) {
    return new Message(MessageOp.MUL, Target.V, v, Target.U, u, out);
  }

  /** Message: the destination's field times the edge's. */
  public static Message vMulE(String v, String e, String out) {
    return new Message(MessageOp.MUL, Target.V, v, Target.E, e, out);
  }

  /** Message: the edge's field times the source's. */
  public static Message eMulU(String e, String u, String out) {
    return new Message(MessageOp.MUL, Target.E, e, Target.U, u, out);
  }

  /** Message: the edge's field times the destination's. */
  public static Message eMulV(String e, String v, String out) {
    return new Message(MessageOp.MUL, Target.E, e, Target.V, v, out);
  }

  /** Message: the source's field over the destination's. */
  public static Message uDivV(String u, String v, String out) {
    return new Message(MessageOp.DIV, Target.U, u, Target.V, v, out);
  }

  /** Message: the source's field over the edge's. */
  public static Message uDivE(String u, String e, String out) {
    return new Message(MessageOp.DIV, Target.U, u, Target.E, e, out);
  }

  /** Message: the destination's field over the source's. */
  public static Message vDivU(String v, String u, String out) {
    return new Message(MessageOp.DIV, Target.V, v, Target.U, u, out);
  }

  /** Message: the destination's field over the edge's. */
  public static Message vDivE(String v, String e, String out) {
    return new Message(MessageOp.DIV, Target.V, v, Target.E, e, out);
  }

  /** Message: the edge's field over the source's. */
  public static Message eDivU(String e, String u, String out) {
    return new Message(MessageOp.DIV, Target.E, e, Target.U, u, out);
  }

  /** Message: the edge's field over the destination's. */
  public static Message eDivV(String e, String v, String out) {
    return new Message(MessageOp.DIV, Target.E, e, Target.V, v, out);
  }

  /** Message: dot product of the source's and the destination's field along the last axis. */
  public static Message uDotV(String u, String v, String out) {
    return new Message(MessageOp.DOT, Target.U, u, Target.V, v, out);
  }

  /** Message: dot product of the source's and the edge's field along the last axis. */
  public static Message uDotE(String u, String e, String out) {
    return new Message(MessageOp.DOT, Target.U, u, Target.E, e, out);
  }

  /** Message: dot product of the destination's and the source's field along the last axis. */
  public static Message vDotU(String v, String u, String out) {
    return new Message(MessageOp.DOT, Target.V, v, Target.U, u, out);
  }

  /** Message: dot product of the destination's and the edge's field along the last axis. */
  public static Message vDotE(String v, String e, String out) {
    return new Message(MessageOp.DOT, Target.V, v, Target.E, e, out);
  }

  /** Message: dot product of the edge's and the source's field along the last axis. */
  public static Message eDotU(String e, String u, String out) {
    return new Message(MessageOp.DOT, Target.E, e, Target.U, u, out);
  }

  /** Message: dot product of the edge's and the destination's field along the last axis. */
  public static Message eDotV(String e, String v, String out) {
    return new Message(MessageOp.DOT, Target.E, e, Target.V, v, out);
  }

  /** Sum of the messages; 0 for a node without any. */
  public static Reduce sum(String message, String out) {
    return new Reduce(Reducer.SUM, message, out);
  }

  /** Mean of the messages; 0 for a node without any. */
  public static Reduce mean(String message, String out) {
    return new Reduce(Reducer.MEAN, message, out);
  }

  /** Largest message; 0 for a node without any. */
  public static Reduce max(String message, String out) {
    return new Reduce(Reducer.MAX, message, out);
  }

  /** Smallest message; 0 for a node without any. */
  public static Reduce min(String message, String out) {
    return new Reduce(Reducer.MIN, message, out);
  }

  /** A message and a reduce function for one relation of a {@code multiUpdateAll}. */
  public static Update with(EdgeFunction message, NodeFunction reduce) {
    return new Update(message, reduce, null);
  }

  /** The same with an update of the node fields afterwards. */
  public static Update with(EdgeFunction message, NodeFunction reduce, NodeFunction apply) {
    return new Update(message, reduce, apply);
  }
}
