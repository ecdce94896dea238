package io.relata.cpu.graph;

import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.Target;

/** Sparse products by their definition: edge by edge in double, no layouts, no blocks. */
final class Oracle {
  private Oracle() {}

  /**
   * Result, winners and the size of what was summed, which bounds rounding errors.
   *
   * @param scale sum of the absolute values that went into an element
   */
  record Result(double[] out, int[] winners, double[] scale) {}

  /** (numEdges, outSize): the message of every edge, and its scale. */
  static Result messages(TestGraph g, MessageOp op, Operand lhs, Operand rhs, FeaturePlan plan) {
    int m = g.source().length;
    int size = plan.outSize();
    double[] out = new double[m * size];
    double[] scale = new double[m * size];
    for (int e = 0; e < m; e++) {
      for (int j = 0; j < plan.count(); j++) {
        double x = TestArrays.get(lhs.data(), row(g, lhs, e) * plan.lhsSize() + plan.lhsOffset(j));
        double y =
            rhs == null
                ? 0
                : TestArrays.get(rhs.data(), row(g, rhs, e) * plan.rhsSize() + plan.rhsOffset(j));
        double value = apply(op, x, y);
        out[e * size + plan.outOffset(j)] += value;
        scale[e * size + plan.outOffset(j)] += Math.abs(value);
      }
    }
    return new Result(out, null, scale);
  }

  static Result spmm(
      TestGraph g, MessageOp op, Operand lhs, Operand rhs, FeaturePlan plan, Reducer reducer) {
    Result messages = messages(g, op, lhs, rhs, plan);
    int size = plan.outSize();
    double[] out = new double[g.destinations() * size];
    double[] scale = new double[g.destinations() * size];
    int[] winners = new int[g.destinations() * size];
    int[] degree = new int[g.destinations()];
    java.util.Arrays.fill(winners, -1);
    for (int e = 0; e < g.source().length; e++) {
      int v = g.destination()[e];
      degree[v]++;
      for (int o = 0; o < size; o++) {
        double value = messages.out[e * size + o];
        int at = v * size + o;
        scale[at] += messages.scale[e * size + o];
        if (reducer == Reducer.SUM || reducer == Reducer.MEAN) {
          out[at] += value;
        } else if (winners[at] == -1 || beats(reducer, value, out[at])) {
          out[at] = value;
          winners[at] = e;
        }
      }
    }
    if (reducer == Reducer.MEAN) {
      for (int at = 0; at < out.length; at++) {
        out[at] = degree[at / size] == 0 ? 0 : out[at] / degree[at / size];
      }
    }
    return new Result(out, winners, scale);
  }

  private static boolean beats(Reducer reducer, double value, double best) {
    if (Double.isNaN(best)) {
      return false;
    }
    return Double.isNaN(value) || (reducer == Reducer.MAX ? value > best : value < best);
  }

  static int row(TestGraph g, Operand operand, int edge) {
    return switch (operand.target()) {
      case U -> g.source()[edge];
      case V -> g.destination()[edge];
      case E -> edge;
    };
  }

  static int rows(TestGraph g, Target target) {
    return switch (target) {
      case U -> g.sources();
      case V -> g.destinations();
      case E -> g.source().length;
    };
  }

  private static double apply(MessageOp op, double x, double y) {
    return switch (op) {
      case COPY -> x;
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL, DOT -> x * y;
      case DIV -> x / y;
    };
  }
}
