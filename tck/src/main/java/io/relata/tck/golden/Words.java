package io.relata.tck.golden;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.EdgeBatch;
import io.relata.graph.EdgeFunction;
import io.relata.graph.Message;
import io.relata.graph.NodeBatch;
import io.relata.graph.NodeFunction;
import io.relata.graph.Reduce;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.util.Locale;
import java.util.Map;

/** Turns the names and descriptions of functions in golden files into ours. */
final class Words {
  /** The message field, as the golden cases have only one. */
  static final String MESSAGE = "m";

  private Words() {}

  /**
   * A built-in message such as {@code u_mul_e}.
   *
   * @param u field of the sources
   * @param v field of the destinations
   * @param e field of the edges
   */
  static Message message(String name, String u, String v, String e) {
    String[] parts = name.split("_", -1);
    if (parts.length == 2 && parts[0].equals("copy")) {
      Target t = target(parts[1]);
      return new Message(MessageOp.COPY, t, field(t, u, v, e), null, null, MESSAGE);
    }
    if (parts.length != 3) {
      throw new UnsupportedCase("no message '" + name + "'");
    }
    Target l = target(parts[0]);
    Target r = target(parts[2]);
    return new Message(op(parts[1]), l, field(l, u, v, e), r, field(r, u, v, e), MESSAGE);
  }

  private static String field(Target t, String u, String v, String e) {
    return switch (t) {
      case U -> u;
      case V -> v;
      case E -> e;
    };
  }

  static Target target(String name) {
    return Target.valueOf(name.toUpperCase(Locale.ROOT));
  }

  static MessageOp op(String name) {
    return MessageOp.valueOf(name.toUpperCase(Locale.ROOT));
  }

  static Reducer reducer(String name) {
    return Reducer.valueOf(name.toUpperCase(Locale.ROOT));
  }

  static Reduce reduce(String name, String out) {
    return new Reduce(reducer(name), MESSAGE, out);
  }

  /**
   * A message function described in words.
   *
   * @param u field of the sources
   * @param v field of the destinations
   * @param e field of the edges
   */
  static EdgeFunction messageUdf(String words, String u, String v, String e) {
    return edges -> Map.of(MESSAGE, message(words, edges, u, v, e));
  }

  private static Tensor message(String words, EdgeBatch edges, String u, String v, String e) {
    return switch (words) {
      case "u" -> edges.src(u);
      case "u*e" -> edges.src(u).mul(edges.data(e));
      case "u+v" -> edges.src(u).add(edges.dst(v));
      case "tanh(u - e*v)" -> edges.src(u).sub(edges.data(e).mul(edges.dst(v))).tanh();
      case "sigmoid(sum over features of u*v) * e" ->
          edges.src(u).mul(edges.dst(v)).sum(-1, true).sigmoid().mul(edges.data(e));
      default -> throw new UnsupportedCase("no message function '" + words + "'");
    };
  }

  /** A reduce function described in words; {@code v} is the destination's own field. */
  static NodeFunction reduceUdf(String words, String v, String out) {
    return nodes -> Map.of(out, reduced(words, nodes, v));
  }

  private static Tensor reduced(String words, NodeBatch nodes, String v) {
    Tensor m = nodes.mailbox(MESSAGE);
    return switch (words) {
      case "mean over the degree axis" -> m.mean(1, false);
      case "sum over the degree axis" -> m.sum(1, false);
      case "max over the degree axis" -> m.max(1);
      case "slot 0 of the degree axis" -> m.select(1, 0);
      case "last slot of the degree axis" -> m.select(1, m.dim(1) - 1);
      case "sum over slots j (0-based) of (j+1)*m[j]" -> m.mul(positions(m)).sum(1, false);
      case "s_j = softmax over slots of (sum over features of m[j]); out = sum_j s_j*m[j]" ->
          m.mul(m.sum(2, false).softmax(1).unsqueeze(2)).sum(1, false);
      case "mean over slots plus the destination node's own feature v" ->
          m.mean(1, false).add(nodes.data(v));
      case "the in-degree, broadcast over features" ->
          m.relata().full(m.dim(1), m.dtype(), m.dim(0), m.dim(2));
      default -> throw new UnsupportedCase("no reduce function '" + words + "'");
    };
  }

  /** 1, 2, 3, … along the degree axis. */
  private static Tensor positions(Tensor mailbox) {
    Relata relata = mailbox.relata();
    long degree = mailbox.dim(1);
    return relata.arange(1, degree + 1, DType.INT32).to(mailbox.dtype()).reshape(1, degree, 1);
  }

  /** An update of node fields described in words. */
  static NodeFunction applyUdf(String words, String v, String out) {
    return switch (words) {
      case "2*reduced + v" -> nodes -> Map.of(out, nodes.data(out).mul(2).add(nodes.data(v)));
      default -> throw new UnsupportedCase("no update function '" + words + "'");
    };
  }
}
