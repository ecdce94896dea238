package io.relata.cpu.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.cpu.Workers;
import io.relata.cpu.graph.Fixture.Message;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many sparse products at once are what they are one after the other. */
class SpmmGroupsTest {
  private static final Message COPY = new Message(MessageOp.COPY, Target.U, null);
  private static final Message WEIGHTED = new Message(MessageOp.MUL, Target.U, Target.E);

  /** Sums into one result, from relations of very different size. */
  private static List<SpmmCall> sums(DType dtype, long seed, int nodes, int[] edges, int width) {
    List<SpmmCall> calls = new ArrayList<>();
    Array out = TestArrays.zeros(dtype, nodes, width);
    for (int i = 0; i < edges.length; i++) {
      TestGraph g = TestGraph.random(seed + i, nodes, edges[i], i % 2 == 0);
      boolean copy = i % 3 != 2;
      FeaturePlan plan =
          copy ? FeaturePlan.copy(width) : Pattern.of(new int[] {width}, new int[] {1}).plan();
      Reducer reducer = i % 2 == 0 ? Reducer.SUM : Reducer.MEAN;
      SpmmCall c = Fixture.spmmCall(g, copy ? COPY : WEIGHTED, plan, reducer, dtype, i, false);
      calls.add(into(c, out, i > 0));
    }
    return calls;
  }

  private static SpmmCall into(SpmmCall c, Array out, boolean add) {
    return new SpmmCall(c.index(), c.op(), c.lhs(), c.rhs(), c.plan(), c.reducer(), out, null, add);
  }

  private static List<Array> outs(List<SpmmCall> calls) {
    return calls.stream().map(SpmmCall::out).distinct().toList();
  }

  @ParameterizedTest
  @EnumSource(Fixture.Kernel.class)
  void bitsAreThoseOfOneAfterTheOtherForAnyNumberOfThreads(Fixture.Kernel kernel) {
    for (int width : new int[] {1, 5, 64, 300}) {
      List<double[]> expected = new ArrayList<>();
      List<SpmmCall> one = calls(kernel.dtype, width);
      one.forEach(kernel.kernels::spmm);
      outs(one).forEach(a -> expected.add(TestArrays.values(a)));
      for (int threads : new int[] {1, 2, 3, 8}) {
        try (Workers workers = new Workers(threads)) {
          List<SpmmCall> all = calls(kernel.dtype, width);
          kernel.on(workers, Fixture.MEMORY).spmmAll(all);
          List<Array> outs = outs(all);
          for (int i = 0; i < outs.size(); i++) {
            assertThat(TestArrays.values(outs.get(i)))
                .as("result %d, width %d, %d threads", i, width, threads)
                .isEqualTo(expected.get(i));
          }
        }
      }
    }
  }

  /** Two large groups, small groups that share a task, a maximum, and a group with heavy rows. */
  private static List<SpmmCall> calls(DType dtype, int width) {
    List<SpmmCall> calls = new ArrayList<>();
    calls.addAll(sums(dtype, 1, 900, new int[] {20_000, 3, 12_000, 0, 7_000}, width));
    for (int i = 0; i < 5; i++) {
      calls.addAll(sums(dtype, 20 + i, 30, new int[] {40, 10}, width));
    }
    calls.addAll(sums(dtype, 40, 2_000, new int[] {9_000, 9_000}, width));
    TestGraph g = TestGraph.random(50, 100, 900, false);
    FeaturePlan plan = FeaturePlan.copy(width);
    calls.add(Fixture.spmmCall(g, COPY, plan, Reducer.MAX, dtype, 3, false));
    List<SpmmCall> heavy = sums(dtype, 60, 50, new int[] {400, 300}, width);
    Array out = heavy.getFirst().out();
    TestGraph hubs = TestGraph.hubs(61, 50, 2_000, false);
    SpmmCall mean = Fixture.spmmCall(hubs, COPY, plan, Reducer.MEAN, dtype, 4, false);
    heavy.add(1, into(mean, out, true));
    calls.addAll(heavy);
    return calls;
  }

  @ParameterizedTest
  @EnumSource(Fixture.Kernel.class)
  void aCallThatReadsAnEarlierResultSeesIt(Fixture.Kernel kernel) {
    TestGraph g = TestGraph.random(5, 400, 20_000, false);
    FeaturePlan plan = FeaturePlan.copy(8);
    SpmmCall first = Fixture.spmmCall(g, COPY, plan, Reducer.MEAN, kernel.dtype, 1, false);
    Array out = TestArrays.zeros(kernel.dtype, 400, 8);
    Operand between = new Operand(first.out(), Target.U);
    SpmmCall second =
        new SpmmCall(g.index(), MessageOp.COPY, between, null, plan, Reducer.SUM, out, null, false);
    kernel.kernels.spmm(first);
    kernel.kernels.spmm(second);
    double[] expected = TestArrays.values(out);
    TestArrays.fill(first.out(), _ -> 1e9);
    try (Workers workers = new Workers(3)) {
      kernel.on(workers, Fixture.MEMORY).spmmAll(List.of(first, second));
    }
    assertThat(TestArrays.values(out)).isEqualTo(expected);
  }
}
