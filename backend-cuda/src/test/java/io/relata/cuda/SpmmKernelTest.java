package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sparse products on the tests' device against plain loops. */
class SpmmKernelTest extends GraphKernelFixture {
  private static final List<MessageOp> BINARY =
      List.of(MessageOp.ADD, MessageOp.SUB, MessageOp.MUL, MessageOp.DIV);

  private record Case(
      DeviceGraph graph,
      DType type,
      MessageOp op,
      Target left,
      Target right,
      FeaturePlan plan,
      Reducer reducer,
      boolean accumulate,
      long offset) {}

  private static boolean isBest(Reducer reducer) {
    return reducer == Reducer.MAX || reducer == Reducer.MIN;
  }

  private void check(Case c, double[] lhs, double[] rhs) {
    DeviceGraph g = c.graph;
    Operand l = new Operand(keep(DeviceGraph.numbers(device, c.type, lhs, c.offset)), c.left);
    Operand r =
        rhs == null
            ? null
            : new Operand(keep(DeviceGraph.numbers(device, c.type, rhs, c.offset)), c.right);
    double[] start = normal(g.numDst * c.plan.outSize(), 9);
    Array out = keep(DeviceGraph.numbers(device, c.type, start, c.offset));
    Array winners = isBest(c.reducer) ? ints(new int[start.length]) : null;
    SpmmCall call = new SpmmCall(g.in, c.op, l, r, c.plan, c.reducer, out, winners, c.accumulate);
    kernels.spmm(call);
    double[] found = read(out);
    MessageOracle oracle = new MessageOracle(g, c.type, c.op, c.left, lhs, c.right, rhs, c.plan);
    MessageOracle.Reduced expected = oracle.reduce(c.reducer, c.accumulate ? start : null);
    String what = c.toString();
    assertClose(found, expected.values(), expected.magnitudes(), tolerance(c.type), what);
    if (winners != null) {
      assertThat(DeviceGraph.readInts(device, winners)).as(what).isEqualTo(expected.winners());
    }
    if (!c.accumulate) {
      kernels.spmm(call);
      assertThat(read(out)).as("the second time: " + what).isEqualTo(found);
    }
    done();
  }

  private void check(Case c) {
    int lhs = rows(c.graph, c.left) * c.plan.lhsSize();
    int rhs = c.right == null ? 0 : rows(c.graph, c.right) * c.plan.rhsSize();
    check(c, halves(lhs, 4), c.right == null ? null : halves(rhs, 5));
  }

  @ParameterizedTest
  @EnumSource
  void everyMessageReducerAndLayout(Layout layout) {
    List<DeviceGraph> graphs = patterns().subList(0, 3);
    int n = 0;
    for (int width : new int[] {3, 8}) {
      FeaturePlan plan = plan(layout, width, 4);
      for (Reducer reducer : Reducer.values()) {
        for (Target left : Target.values()) {
          for (Target right : Target.values()) {
            if (left == right) {
              continue;
            }
            for (MessageOp op : BINARY) {
              DeviceGraph g = graphs.get(n++ % graphs.size());
              boolean accumulate = !isBest(reducer) && n % 2 == 0;
              check(new Case(g, DType.FLOAT32, op, left, right, plan, reducer, accumulate, 0));
            }
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
        for (Reducer reducer : Reducer.values()) {
          FeaturePlan copy = FeaturePlan.copy(width);
          check(new Case(g, type, MessageOp.COPY, Target.U, null, copy, reducer, false, 0));
          FeaturePlan scale =
              width == 1
                  ? plan(Layout.SAME, 1, 1)
                  : new FeaturePlan(
                      Layout.RHS_GROUPED, width, width, 1, width, width, null, null, null);
          check(new Case(g, type, MessageOp.MUL, Target.U, Target.E, scale, reducer, false, 0));
        }
        FeaturePlan same = plan(Layout.SAME, width, 1);
        check(new Case(g, type, MessageOp.ADD, Target.U, Target.V, same, Reducer.MEAN, true, 0));
        check(new Case(g, type, MessageOp.COPY, Target.E, null, same, Reducer.SUM, true, 0));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void headsWithAWeightEachOnEitherSide(DType type) {
    for (DeviceGraph g : patterns()) {
      for (int inner : new int[] {3, 8, 32, 64}) {
        for (Reducer reducer : Reducer.values()) {
          FeaturePlan right = plan(Layout.RHS_GROUPED, 4, inner);
          check(new Case(g, type, MessageOp.MUL, Target.U, Target.E, right, reducer, false, 0));
          FeaturePlan left = plan(Layout.LHS_GROUPED, 4, inner);
          check(new Case(g, type, MessageOp.MUL, Target.E, Target.U, left, reducer, false, 0));
          check(new Case(g, type, MessageOp.SUB, Target.E, Target.U, left, reducer, false, 0));
        }
      }
    }
  }

  @Test
  void arraysThatAreNotAlignedTakeSingleNumbers() {
    DeviceGraph g = patterns().getFirst();
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
      for (Reducer reducer : Reducer.values()) {
        FeaturePlan copy = FeaturePlan.copy(64);
        long offset = type.bytes();
        check(new Case(g, type, MessageOp.COPY, Target.U, null, copy, reducer, false, offset));
      }
    }
  }

  @Test
  void emptyAxesGiveZeros() {
    DeviceGraph g = patterns().getFirst();
    FeaturePlan none = new FeaturePlan(Layout.OUT_GROUPED, 0, 0, 0, 3, 1, null, null, null);
    for (Reducer reducer : Reducer.values()) {
      check(new Case(g, DType.FLOAT32, MessageOp.DOT, Target.U, Target.V, none, reducer, false, 0));
    }
  }

  @Test
  void nanWinsAndInfinitiesSurvive() {
    for (DeviceGraph g : patterns().subList(0, 3)) {
      for (int width : new int[] {1, 3, 8, 64, 260}) {
        for (Reducer reducer : Reducer.values()) {
          double[] x = halves(g.numSrc * width, 6);
          for (int i = 0; i < x.length; i += 13) {
            x[i] = i % 3 == 0 ? Double.NaN : Double.POSITIVE_INFINITY;
          }
          FeaturePlan copy = FeaturePlan.copy(width);
          Case c =
              new Case(g, DType.FLOAT32, MessageOp.COPY, Target.U, null, copy, reducer, false, 0);
          check(c, x, null);
          Arrays.fill(x, reducer == Reducer.MAX ? Double.NEGATIVE_INFINITY : Double.MAX_VALUE);
          if (isBest(reducer)) {
            Arrays.fill(
                x, reducer == Reducer.MAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
            check(c, x, null);
          }
        }
      }
    }
  }

  @Test
  void numbersThatRoundStayWithinTheirSum() {
    DeviceGraph g = graph(DeviceGraph.hub(device, 60, 5000, 7));
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (int width : new int[] {5, 64}) {
        Case c =
            new Case(
                g,
                type,
                MessageOp.MUL,
                Target.U,
                Target.E,
                plan(Layout.SAME, width, 1),
                Reducer.SUM,
                false,
                0);
        check(c, normal(g.numSrc * width, 1), normal(g.numEdges() * width, 2));
      }
    }
  }

  @Test
  void bitsDoNotDependOnWhetherLongRowsAreCounted() {
    DeviceGraph g = graph(DeviceGraph.hub(device, 60, 5000, 7));
    double[] x = normal(g.numSrc * 32, 1);
    FeaturePlan copy = FeaturePlan.copy(32);
    double[][] found = new double[2][];
    for (int i = 0; i < 2; i++) {
      try (CudaGraphKernels k =
          new CudaGraphKernels(
              device, new KnownIntegers(), new SplitRule(40, 16, i == 0 ? 100 : 1 << 20))) {
        Operand l = new Operand(numbers(DType.FLOAT32, x), Target.U);
        Array out = numbers(DType.FLOAT32, new double[g.numDst * 32]);
        k.spmm(new SpmmCall(g.in, MessageOp.COPY, l, null, copy, Reducer.SUM, out, null, false));
        found[i] = read(out);
      }
    }
    assertThat(found[0]).isEqualTo(found[1]);
  }
}
