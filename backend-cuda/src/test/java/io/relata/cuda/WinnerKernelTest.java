package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients of max and min on the tests' device against plain loops. */
class WinnerKernelTest extends GraphKernelFixture {

  private static double derivative(MessageOp op, boolean left, double g, double x, double y) {
    return switch (op) {
      case COPY, ADD -> g;
      case SUB -> left ? g : -g;
      case MUL, DOT -> left ? g * y : g * x;
      case DIV -> left ? g / y : -g * x / (y * y);
    };
  }

  private static int row(DeviceGraph g, Target target, int e) {
    return switch (target) {
      case U -> g.src[e];
      case V -> g.dst[e];
      case E -> e;
    };
  }

  private void check(
      DeviceGraph g, DType type, MessageOp op, Target left, Target right, FeaturePlan plan) {
    double[] lhs = halves(rows(g, left) * plan.lhsSize(), 4);
    double[] rhs = right == null ? null : halves(rows(g, right) * plan.rhsSize(), 5);
    Array l = numbers(type, lhs);
    Array r = right == null ? null : numbers(type, rhs);
    int[] winners =
        new MessageOracle(g, type, op, left, lhs, right, rhs, plan)
            .reduce(Reducer.MAX, null)
            .winners();
    double[] gradient = normal(winners.length, 6);
    Array z = numbers(type, gradient);
    Array won = ints(winners);
    Array sources = ints(g.src);
    for (boolean ofLeft : right == null ? List.of(true) : List.of(true, false)) {
      Target own = ofLeft ? left : right;
      int size = ofLeft ? plan.lhsSize() : plan.rhsSize();
      boolean bySource = own == Target.U;
      Array out = numbers(type, normal(rows(g, own) * size, 7));
      WinnerGradCall call =
          new WinnerGradCall(
              g.in,
              bySource ? g.out : null,
              bySource ? null : sources,
              op,
              new Operand(l, left),
              right == null ? null : new Operand(r, right),
              plan,
              won,
              z,
              ofLeft,
              out);
      kernels.winnerGrad(call);
      double[] expected = new double[rows(g, own) * size];
      double[] magnitudes = new double[expected.length];
      for (int v = 0; v < g.numDst; v++) {
        for (int j = 0; j < plan.count(); j++) {
          int e = winners[v * plan.outSize() + plan.outOffset(j)];
          if (e >= 0) {
            double x = lhs[row(g, left, e) * plan.lhsSize() + plan.lhsOffset(j)];
            double y =
                right == null ? 0 : rhs[row(g, right, e) * plan.rhsSize() + plan.rhsOffset(j)];
            double dz = gradient[v * plan.outSize() + plan.outOffset(j)];
            double d = derivative(op, ofLeft, dz, x, y);
            int to = row(g, own, e) * size + (ofLeft ? plan.lhsOffset(j) : plan.rhsOffset(j));
            expected[to] += d;
            magnitudes[to] += Math.abs(d);
          }
        }
      }
      String what = g + " " + type + " " + op + " " + left + " " + right + " of " + own;
      assertClose(read(out), expected, magnitudes, 2 * tolerance(type), what + " " + plan);
      Array second = numbers(type, normal(expected.length, 8));
      kernels.winnerGrad(
          new WinnerGradCall(
              call.index(),
              call.bySource(),
              call.sources(),
              op,
              call.lhs(),
              call.rhs(),
              plan,
              won,
              z,
              ofLeft,
              second));
      assertThat(read(second)).as("the second time: " + what).isEqualTo(read(out));
    }
    done();
  }

  @ParameterizedTest
  @EnumSource
  void everyMessageAndLayout(Layout layout) {
    int n = 0;
    List<DeviceGraph> graphs = patterns();
    for (int width : new int[] {3, 8}) {
      FeaturePlan plan = plan(layout, width, 4);
      for (Target left : Target.values()) {
        for (Target right : Target.values()) {
          if (left == right) {
            continue;
          }
          for (MessageOp op : List.of(MessageOp.ADD, MessageOp.SUB, MessageOp.MUL, MessageOp.DIV)) {
            check(graphs.get(n++ % graphs.size()), DType.FLOAT32, op, left, right, plan);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void everyWidth(DType type) {
    for (DeviceGraph g : patterns()) {
      for (int width : WIDTHS) {
        FeaturePlan copy = FeaturePlan.copy(width);
        check(g, type, MessageOp.COPY, Target.U, null, copy);
        check(g, type, MessageOp.MUL, Target.U, Target.E, plan(Layout.SAME, width, 1));
        FeaturePlan weights =
            new FeaturePlan(Layout.RHS_GROUPED, width, width, 1, width, width, null, null, null);
        check(g, type, MessageOp.MUL, Target.U, Target.E, weights);
      }
    }
  }

  @Test
  void whereNothingWonTheGradientIsZero() {
    DeviceGraph none = graph(new DeviceGraph(device, "no", 5, 4, new int[0], new int[0]));
    FeaturePlan plan = FeaturePlan.copy(3);
    check(none, DType.FLOAT32, MessageOp.COPY, Target.U, null, plan);
    check(none, DType.FLOAT32, MessageOp.ADD, Target.V, Target.U, plan(Layout.SAME, 3, 1));
  }
}
