package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.util.Arrays;

/**
 * What a message says, in plain loops over edges: numbers in double, but messages rounded as the
 * kernels compute them, so that winners are exactly theirs.
 *
 * @param rhs null for copy
 */
record MessageOracle(
    DeviceGraph graph,
    DType type,
    MessageOp op,
    Target left,
    double[] lhs,
    Target right,
    double[] rhs,
    FeaturePlan plan) {

  /** Result and winners of a reduced product. */
  record Reduced(double[] values, double[] magnitudes, int[] winners) {}

  private double round(double x) {
    return type == DType.FLOAT64 ? x : (float) x;
  }

  private int row(Target target, int e) {
    return switch (target) {
      case U -> graph.src[e];
      case V -> graph.dst[e];
      case E -> e;
    };
  }

  /** The messages of an edge. */
  double[] message(int e) {
    double[] m = new double[plan.outSize()];
    for (int j = 0; j < plan.count(); j++) {
      double x = lhs[row(left, e) * plan.lhsSize() + plan.lhsOffset(j)];
      double y = right == null ? 0 : rhs[row(right, e) * plan.rhsSize() + plan.rhsOffset(j)];
      double p =
          switch (op) {
            case COPY -> x;
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL, DOT -> x * y;
            case DIV -> x / y;
          };
      int o = plan.outOffset(j);
      m[o] = round(m[o] + round(p));
    }
    return m;
  }

  /** (numEdges, outSize). */
  double[] perEdge() {
    int size = plan.outSize();
    double[] all = new double[graph.numEdges() * size];
    for (int e = 0; e < graph.numEdges(); e++) {
      System.arraycopy(message(e), 0, all, e * size, size);
    }
    return all;
  }

  /** (numDst, outSize), added to {@code start} where that is there. */
  Reduced reduce(Reducer reducer, double[] start) {
    int size = plan.outSize();
    double[] out = new double[graph.numDst * size];
    double[] magnitudes = new double[out.length];
    int[] winners = new int[out.length];
    int[] degrees = new int[graph.numDst];
    Arrays.fill(winners, -1);
    boolean sums = reducer == Reducer.SUM || reducer == Reducer.MEAN;
    for (int e = 0; e < graph.numEdges(); e++) {
      int v = graph.dst[e];
      double[] m = message(e);
      for (int o = 0; o < size; o++) {
        int at = v * size + o;
        magnitudes[at] += Math.abs(m[o]);
        if (sums) {
          out[at] += m[o];
        } else if (degrees[v] == 0 || wins(reducer, m[o], out[at])) {
          out[at] = m[o];
          winners[at] = e;
        }
      }
      degrees[v]++;
    }
    for (int at = 0; at < out.length; at++) {
      int degree = degrees[at / Math.max(1, size)];
      if (reducer == Reducer.MEAN && degree > 0) {
        out[at] /= degree;
        magnitudes[at] /= degree;
      }
      if (start != null) {
        out[at] += start[at];
        magnitudes[at] += Math.abs(start[at]);
      }
    }
    return new Reduced(out, magnitudes, winners);
  }

  private static boolean wins(Reducer reducer, double m, double best) {
    return !Double.isNaN(best)
        && (Double.isNaN(m) || (reducer == Reducer.MAX ? m > best : m < best));
  }
}
