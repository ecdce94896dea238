package io.relata.tck.golden;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.util.Map;

/** The functional products, reduced and per edge. */
final class ProductCalls {
  private ProductCalls() {}

  static Map<String, Tensor> run(Trial t, String api) {
    GoldenCase c = t.golden();
    Adjacency g = c.graph().adjacency(t.relata());
    boolean reduced = api.equals("gspmm");
    Arg left = reduced ? operand(t, "u", Target.U) : operand(t, "lhs", target(c, "lhs_target"));
    Arg right = reduced ? operand(t, "e", Target.E) : operand(t, "rhs", target(c, "rhs_target"));
    String name = c.text("op");
    MessageOp op = name.startsWith("copy_") ? MessageOp.COPY : Words.op(name);
    Arg lhs = name.equals("copy_rhs") ? right : left;
    Arg rhs = op == MessageOp.COPY ? null : right;
    if (!reduced) {
      return Map.of("out", GraphOps.gsddmm(g, op, lhs, rhs));
    }
    Reducer reducer = Words.reducer(c.text("reduce"));
    return Map.of("out", GraphOps.gspmm(g, op, reducer, lhs, rhs));
  }

  private static Target target(GoldenCase c, String parameter) {
    String name = c.text(parameter);
    return name == null ? null : Words.target(name);
  }

  private static Arg operand(Trial t, String input, Target target) {
    return t.has(input) ? new Arg(target, t.input(input)) : null;
  }
}
