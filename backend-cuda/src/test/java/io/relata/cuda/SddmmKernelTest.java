package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.SddmmCall;
import io.relata.spi.Target;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values per edge on the tests' device against plain loops. */
class SddmmKernelTest extends GraphKernelFixture {

  private void check(
      DeviceGraph g, DType type, MessageOp op, Target left, Target right, FeaturePlan plan) {
    double[] lhs = normal(rows(g, left) * plan.lhsSize(), 4);
    double[] rhs = right == null ? null : normal(rows(g, right) * plan.rhsSize(), 5);
    Operand l = new Operand(numbers(type, lhs), left);
    Operand r = right == null ? null : new Operand(numbers(type, rhs), right);
    Array out = numbers(type, new double[g.numEdges() * plan.outSize()]);
    SddmmCall call = new SddmmCall(g.in, op, l, r, plan, out);
    kernels.sddmm(call);
    double[] found = read(out);
    double[] expected = new MessageOracle(g, type, op, left, lhs, right, rhs, plan).perEdge();
    double size = plan.count() / (double) Math.max(1, plan.outSize());
    double[] magnitudes =
        Arrays.stream(expected).map(x -> Math.abs(x) + 4 * Math.sqrt(size)).toArray();
    String what = g + " " + type + " " + op + " " + left + " " + right + " " + plan;
    // Messages of positions that are not summed are exact.
    boolean exact = plan.count() == plan.outSize() && !type.isHalf();
    assertClose(found, expected, magnitudes, exact ? 0 : tolerance(type), what);
    kernels.sddmm(call);
    assertThat(read(out)).as("the second time: " + what).isEqualTo(found);
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
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void everyWidth(DType type) {
    for (DeviceGraph g : patterns()) {
      for (int width : WIDTHS) {
        FeaturePlan dot =
            new FeaturePlan(Layout.OUT_GROUPED, width, width, width, 1, width, null, null, null);
        check(g, type, MessageOp.DOT, Target.U, Target.V, dot);
        check(g, type, MessageOp.COPY, Target.V, null, FeaturePlan.copy(width));
        check(g, type, MessageOp.ADD, Target.U, Target.V, plan(Layout.SAME, width, 1));
        check(g, type, MessageOp.COPY, Target.E, null, sum(width));
      }
    }
  }

  /** Sums rows of {@code width}, as the gradient of a broadcast does. */
  private static FeaturePlan sum(int width) {
    return new FeaturePlan(Layout.OUT_GROUPED, width, width, 0, 1, width, null, null, null);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void dotProductsOfHeads(DType type) {
    for (DeviceGraph g : patterns()) {
      for (int heads : new int[] {1, 3, 8, 40}) {
        for (int inner : new int[] {1, 5, 8, 16, 24, 64}) {
          FeaturePlan plan = plan(Layout.OUT_GROUPED, heads, inner);
          check(g, type, MessageOp.MUL, Target.U, Target.V, plan);
        }
      }
    }
  }

  @Test
  void manyEdgesTakeSeveralRounds() {
    DeviceGraph g = graph(DeviceGraph.random(device, 200, 300, 9000, 3));
    check(g, DType.FLOAT32, MessageOp.DOT, Target.U, Target.V, plan(Layout.OUT_GROUPED, 4, 16));
    check(g, DType.FLOAT32, MessageOp.ADD, Target.U, Target.V, plan(Layout.SAME, 8, 1));
    check(g, DType.FLOAT32, MessageOp.SUB, Target.E, Target.V, plan(Layout.SAME, 3, 1));
  }
}
