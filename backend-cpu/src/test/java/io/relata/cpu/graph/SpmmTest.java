package io.relata.cpu.graph;

import static io.relata.cpu.graph.Fixture.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.cpu.Workers;
import io.relata.cpu.graph.Fixture.Kernel;
import io.relata.cpu.graph.Fixture.Message;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of sparse products, on random graphs with fixed seeds (in the messages). */
class SpmmTest {
  private static final Message COPY_U = new Message(MessageOp.COPY, Target.U, null);

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void allMessagesReducersAndBroadcastsEqualTheDefinition(Kernel kernel) {
    for (TestGraph g :
        List.of(
            TestGraph.random(11, 23, 150, true),
            TestGraph.random(11, 23, 150, false),
            TestGraph.hubs(11, 9, 130, false))) {
      for (Message message : Fixture.messages()) {
        List<Pattern> patterns =
            message.op() == MessageOp.DOT ? Fixture.dotPatterns() : Fixture.patterns();
        for (Pattern pattern : patterns) {
          for (Reducer reducer : Reducer.values()) {
            check(kernel, g, message, Fixture.plan(message, pattern), reducer, pattern.toString());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void everyWidthIsComputedToItsLastColumn(Kernel kernel) {
    TestGraph g = TestGraph.random(12, 50, 600, false);
    Message weighted = new Message(MessageOp.MUL, Target.U, Target.E);
    for (int width : Fixture.widths()) {
      for (Reducer reducer : Reducer.values()) {
        check(kernel, g, COPY_U, FeaturePlan.copy(width), reducer, "width " + width);
        FeaturePlan same = Pattern.same(width).plan();
        check(kernel, g, weighted, same, reducer, "width " + width);
        FeaturePlan weight = Pattern.of(new int[] {width}, new int[] {1}).plan();
        check(kernel, g, weighted, weight, reducer, "one weight, width " + width);
      }
    }
  }

  @Test
  void weightsOfAnyNumberAndWidthOfHeadsGiveTheBitsOfThePlainKernel() {
    Message weighted = new Message(MessageOp.MUL, Target.U, Target.E);
    for (boolean sorted : new boolean[] {true, false}) {
      TestGraph g = TestGraph.random(19, 40, 300, sorted);
      for (int heads : new int[] {1, 2, 3, 4, 5, 8, 9, 16, 20}) {
        for (int width : new int[] {1, 2, 3, 4, 8, 12, 16, 24, 32, 64, 144}) {
          FeaturePlan plan = Pattern.of(new int[] {heads, width}, new int[] {heads, 1}).plan();
          for (Reducer reducer : List.of(Reducer.SUM, Reducer.MEAN, Reducer.MAX)) {
            SpmmCall plain = Fixture.spmmCall(g, weighted, plan, reducer, DType.FLOAT32, 23, false);
            SpmmCall fast = Fixture.spmmCall(g, weighted, plan, reducer, DType.FLOAT32, 23, false);
            Fixture.PLAIN.spmm(plain);
            Fixture.VECTOR.spmm(fast);
            assertThat(TestArrays.values(fast.out()))
                .as("%d heads of %d, %s", heads, width, reducer)
                .isEqualTo(TestArrays.values(plain.out()));
          }
        }
      }
    }
  }

  private static void check(
      Kernel kernel, TestGraph g, Message message, FeaturePlan plan, Reducer reducer, String what) {
    boolean exact = reducer == Reducer.MAX || reducer == Reducer.MIN;
    long seed = 5;
    String name = "%s %s %s %s seed %d".formatted(kernel, message, reducer, what, seed);
    SpmmCall call = Fixture.spmmCall(g, message, plan, reducer, kernel.dtype, seed, exact);
    kernel.kernels.spmm(call);
    Oracle.Result expected = Oracle.spmm(g, message.op(), call.lhs(), call.rhs(), plan, reducer);
    double[] out = TestArrays.values(call.out());
    assertClose(name, out, expected.out(), expected.scale(), kernel.tolerance);
    if (call.winners() != null) {
      assertThat(TestArrays.values(call.winners()))
          .as(name)
          .isEqualTo(Arrays.stream(expected.winners()).asDoubleStream().toArray());
      // Nobody asking for winners must not change the result.
      SpmmCall quiet =
          new SpmmCall(
              call.index(),
              call.op(),
              call.lhs(),
              call.rhs(),
              plan,
              reducer,
              call.out(),
              null,
              false);
      kernel.kernels.spmm(quiet);
      assertThat(TestArrays.values(call.out())).as(name).isEqualTo(out);
    }
  }

  @Test
  void operandsMayLiveOnTheSameEnd() {
    TestGraph g = TestGraph.random(13, 30, 200, false);
    for (Kernel kernel : Kernel.values()) {
      for (Target target : Target.values()) {
        Message message = new Message(MessageOp.SUB, target, target);
        check(kernel, g, message, Pattern.same(18).plan(), Reducer.SUM, "18");
        check(
            kernel,
            g,
            new Message(MessageOp.COPY, target, null),
            FeaturePlan.copy(18),
            Reducer.MAX,
            "18");
      }
    }
  }

  @Test
  void gradientsOfBroadcastsSumWhatSharesAnOutput() {
    TestGraph g = TestGraph.random(14, 30, 200, false);
    for (Kernel kernel : Kernel.values()) {
      for (FeaturePlan plan : List.of(outGrouped(4, 8), outGrouped(3, 33), outGrouped(1, 64))) {
        for (MessageOp op : MessageOp.values()) {
          Message message = new Message(op, Target.V, op == MessageOp.COPY ? null : Target.E);
          for (Reducer reducer : Reducer.values()) {
            check(kernel, g, message, plan, reducer, plan.toString());
          }
        }
      }
      // (2, 1) with (1, 3) summed back to (1, 3).
      FeaturePlan table =
          FeaturePlan.of(
              new int[] {0, 0, 0, 1, 1, 1},
              2,
              new int[] {0, 1, 2, 0, 1, 2},
              3,
              new int[] {0, 1, 2, 0, 1, 2},
              3);
      check(kernel, g, new Message(MessageOp.MUL, Target.U, Target.E), table, Reducer.SUM, "table");
    }
  }

  private static FeaturePlan outGrouped(int groups, int inner) {
    int n = groups * inner;
    return new FeaturePlan(
        FeaturePlan.Layout.OUT_GROUPED, n, n, n, groups, inner, null, null, null);
  }

  @Test
  void vectorsGiveTheBitsOfThePlainKernelForAllButDot() {
    TestGraph g = TestGraph.random(15, 40, 400, false);
    for (Message message : Fixture.messages()) {
      if (message.op() == MessageOp.DOT) {
        continue;
      }
      for (Pattern pattern : Fixture.patterns()) {
        FeaturePlan plan = Fixture.plan(message, pattern);
        for (Reducer reducer : Reducer.values()) {
          SpmmCall plain = Fixture.spmmCall(g, message, plan, reducer, DType.FLOAT32, 21, false);
          SpmmCall vector = Fixture.spmmCall(g, message, plan, reducer, DType.FLOAT32, 21, false);
          Fixture.PLAIN.spmm(plain);
          Fixture.VECTOR.spmm(vector);
          assertThat(TestArrays.values(vector.out()))
              .as("%s %s %s", message, pattern, reducer)
              .isEqualTo(TestArrays.values(plain.out()));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void threadsDoNotChangeABit(Kernel kernel) {
    List<Message> messages =
        List.of(
            COPY_U,
            new Message(MessageOp.COPY, Target.E, null),
            new Message(MessageOp.MUL, Target.U, Target.E),
            new Message(MessageOp.SUB, Target.V, Target.U),
            new Message(MessageOp.DOT, Target.U, Target.V));
    for (TestGraph g :
        List.of(TestGraph.random(16, 300, 6000, false), TestGraph.hubs(16, 300, 6000, false))) {
      for (Message message : messages) {
        FeaturePlan plan =
            Fixture.plan(
                message,
                new Pattern(new int[] {40}, new int[] {40}, message.op() == MessageOp.DOT));
        for (Reducer reducer : Reducer.values()) {
          double[] first = null;
          for (int threads : new int[] {1, 2, 3, 8}) {
            try (Workers workers = new Workers(threads)) {
              SpmmCall call = Fixture.spmmCall(g, message, plan, reducer, kernel.dtype, 22, false);
              kernel.on(workers, Fixture.MEMORY).spmm(call);
              double[] out = TestArrays.values(call.out());
              first = first == null ? out : first;
              assertThat(out).as("%s %s %d threads", message, reducer, threads).isEqualTo(first);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void nanAndInfinityPropagateAndTheFirstOfEqualsWins(Kernel kernel) {
    double nan = Double.NaN;
    double inf = Double.POSITIVE_INFINITY;
    // Rows: NaN late, NaN twice, only -inf, only +inf, a tie, signed zeros, nothing.
    double[] values = {1, nan, 2, nan, nan, -inf, -inf, inf, inf, 3, 3, 0.0, -0.0};
    int[] rows = {0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    double[] expected = {nan, nan, -inf, inf, 3, 0, 0};
    int[] winners = {1, 3, 5, 7, 9, 11, -1};
    TestGraph g = TestGraph.of(13, 7, IntStream.range(0, 13).toArray(), rows, 100);
    for (int width : new int[] {1, 19, 64, 150}) {
      Array x = TestArrays.fill(TestArrays.zeros(kernel.dtype, 13, width), i -> values[i / width]);
      for (Reducer reducer : List.of(Reducer.MAX, Reducer.MIN)) {
        for (Target target : List.of(Target.E, Target.U)) {
          Array out = TestArrays.zeros(kernel.dtype, 7, width);
          Array won = TestArrays.zeros(DType.INT32, 7, width);
          kernel.kernels.spmm(
              new SpmmCall(
                  g.index(),
                  MessageOp.COPY,
                  new Operand(x, target),
                  null,
                  FeaturePlan.copy(width),
                  reducer,
                  out,
                  won,
                  false));
          for (int i = 0; i < out.size(); i++) {
            assertThat(TestArrays.get(out, i))
                .as("%s %s %s %d", kernel, reducer, target, i)
                .isEqualTo(Double.valueOf(expected[i / width]));
            assertThat(TestArrays.get(won, i))
                .as("%s %s %s %d", kernel, reducer, target, i)
                .isEqualTo(winners[i / width]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void accumulateAddsToWhatIsThere(Kernel kernel) {
    TestGraph g = TestGraph.random(17, 40, 300, false);
    for (Reducer reducer : List.of(Reducer.SUM, Reducer.MEAN)) {
      for (Pattern pattern :
          List.of(
              Pattern.same(35),
              Pattern.dot(4, 8),
              Pattern.of(new int[] {2, 3}, new int[] {1, 3}))) {
        Message message =
            new Message(pattern.dot() ? MessageOp.DOT : MessageOp.MUL, Target.U, Target.V);
        FeaturePlan plan = pattern.plan();
        SpmmCall call = Fixture.spmmCall(g, message, plan, reducer, kernel.dtype, 3, false);
        kernel.kernels.spmm(
            new SpmmCall(
                call.index(),
                call.op(),
                call.lhs(),
                call.rhs(),
                plan,
                reducer,
                call.out(),
                null,
                true));
        Oracle.Result expected =
            Oracle.spmm(g, message.op(), call.lhs(), call.rhs(), plan, reducer);
        double[] sum = Arrays.stream(expected.out()).map(x -> x + 77).toArray();
        assertClose(
            "accumulate " + pattern,
            TestArrays.values(call.out()),
            sum,
            null,
            2 * kernel.tolerance);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void emptyGraphsAndWidthsAreDefined(Kernel kernel) {
    TestGraph empty = TestGraph.of(4, 3, new int[0], new int[0], 1);
    TestGraph nothing = TestGraph.of(0, 0, new int[0], new int[0], 1);
    for (Reducer reducer : Reducer.values()) {
      SpmmCall call =
          Fixture.spmmCall(empty, COPY_U, FeaturePlan.copy(20), reducer, kernel.dtype, 1, false);
      kernel.kernels.spmm(call);
      assertThat(TestArrays.values(call.out())).containsOnly(0);
      if (call.winners() != null) {
        assertThat(TestArrays.values(call.winners())).containsOnly(-1);
      }
      kernel.kernels.spmm(
          Fixture.spmmCall(nothing, COPY_U, FeaturePlan.copy(20), reducer, kernel.dtype, 1, false));
      TestGraph g = TestGraph.random(18, 20, 60, false);
      kernel.kernels.spmm(
          Fixture.spmmCall(g, COPY_U, FeaturePlan.copy(0), reducer, kernel.dtype, 1, false));
      // A dot product over an axis of length 0 is 0.
      Message dot = new Message(MessageOp.DOT, Target.U, Target.V);
      SpmmCall zero =
          Fixture.spmmCall(g, dot, Pattern.dot(4, 0).plan(), reducer, kernel.dtype, 1, false);
      kernel.kernels.spmm(zero);
      assertThat(TestArrays.values(zero.out())).hasSize(80).containsOnly(0);
    }
  }
}
