package io.relata.cpu.graph;

import static io.relata.cpu.graph.Fixture.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.cpu.Workers;
import io.relata.cpu.graph.Fixture.Kernel;
import io.relata.cpu.graph.Fixture.Message;
import io.relata.spi.Array;
import io.relata.spi.DeviceMemory;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of max and min go to the winning edge alone. */
class WinnerGradTest {
  @ParameterizedTest
  @EnumSource(Kernel.class)
  void everyMessageSendsItsDerivativeToTheWinner(Kernel kernel) {
    TestGraph g = TestGraph.random(41, 23, 150, false);
    for (Message message : Fixture.messages()) {
      List<Pattern> patterns =
          message.op() == MessageOp.DOT ? Fixture.dotPatterns() : Fixture.patterns();
      for (Pattern pattern : patterns) {
        FeaturePlan plan = Fixture.plan(message, pattern);
        for (boolean left : new boolean[] {true, false}) {
          if (left || message.rhs() != null) {
            WinnerGradCall call = call(kernel, g, message, plan, left);
            double[] expected = expected(g, call);
            kernel.kernels.winnerGrad(call);
            assertClose(
                "%s %s %s left %s".formatted(kernel, message, pattern, left),
                TestArrays.values(call.out()),
                expected,
                null,
                20 * kernel.tolerance);
          }
        }
      }
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    TestGraph g = TestGraph.random(42, 300, 5000, false);
    for (Target end : List.of(Target.U, Target.E)) {
      Message message = new Message(MessageOp.MUL, end, Target.V);
      FeaturePlan plan = Pattern.of(new int[] {3, 20}, new int[] {3, 1}).plan();
      for (boolean vector : new boolean[] {false, true}) {
        double[] first = null;
        for (int threads : new int[] {1, 2, 3, 8}) {
          try (Workers workers = new Workers(threads)) {
            WinnerGradCall call = call(Kernel.PLAIN_F32, g, message, plan, true);
            new CpuGraphKernels(workers, Fixture.MEMORY, vector).winnerGrad(call);
            double[] out = TestArrays.values(call.out());
            first = first == null ? out : first;
            assertThat(out).as("%d threads, vectors %s", threads, vector).isEqualTo(first);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void vectorsDoNotChangeABit(boolean sorted) {
    TestGraph g = TestGraph.random(43, 29, 400, sorted);
    List<Pattern> patterns = new ArrayList<>(Fixture.patterns());
    for (int width : Fixture.widths()) {
      patterns.add(Pattern.same(width));
      patterns.add(Pattern.of(new int[] {width}, new int[] {1}));
    }
    // Heads narrower than a vector, as wide, and wider, in more than one pass.
    for (int[] heads : new int[][] {{8, 8}, {3, 2}, {33, 4}, {5, 16}, {9, 32}, {3, 128}, {2, 48}}) {
      patterns.add(Pattern.of(heads, new int[] {heads[0], 1}));
    }
    for (Message message : Fixture.messages()) {
      if (message.op() != MessageOp.DOT
          && (message.lhs() == Target.U || message.rhs() == Target.U)) {
        for (Pattern pattern : patterns) {
          FeaturePlan plan = Fixture.plan(message, pattern);
          boolean left = message.lhs() == Target.U;
          WinnerGradCall plain = call(Kernel.PLAIN_F32, g, message, plan, left);
          WinnerGradCall vector = call(Kernel.VECTOR_F32, g, message, plan, left);
          Fixture.PLAIN.winnerGrad(plain);
          Fixture.VECTOR.winnerGrad(vector);
          assertThat(TestArrays.values(vector.out()))
              .as("%s %s", message, pattern)
              .isEqualTo(TestArrays.values(plain.out()));
        }
      }
    }
  }

  @Test
  void memoryIsGivenBackAfterEachCall() {
    TestGraph g = TestGraph.random(45, 29, 400, false);
    Message message = new Message(MessageOp.COPY, Target.U, null);
    CountedMemory memory = new CountedMemory();
    WinnerGradCall call = call(Kernel.PLAIN_F64, g, message, FeaturePlan.copy(150), true);
    new CpuGraphKernels(Fixture.ONE, memory, false).winnerGrad(call);
    assertThat(memory.most).isEqualTo(8 * 400);
    assertThat(memory.held).isZero();
  }

  /** Counts what is held now and was at most. */
  private static final class CountedMemory implements DeviceMemory {
    private long held;
    private long most;

    @Override
    public long allocate(long bytes) {
      held += bytes;
      most = Math.max(most, held);
      return Fixture.MEMORY.allocate(bytes);
    }

    @Override
    public void release(long address, long bytes) {
      held -= bytes;
      Fixture.MEMORY.release(address, bytes);
    }

    @Override
    public long capacity() {
      return Fixture.MEMORY.capacity();
    }
  }

  private static WinnerGradCall call(
      Kernel kernel, TestGraph g, Message message, FeaturePlan plan, boolean left) {
    SpmmCall forward = Fixture.spmmCall(g, message, plan, Reducer.MAX, kernel.dtype, 6, false);
    kernel.kernels.spmm(forward);
    Operand gradient = Fixture.operand(g, Target.V, plan.outSize(), kernel.dtype, 7, false, false);
    Operand own = left ? forward.lhs() : forward.rhs();
    Array out = TestArrays.zeros(kernel.dtype, own.data().size());
    TestArrays.fill(out, i -> 77);
    boolean bySource = own.target() == Target.U;
    return new WinnerGradCall(
        g.index(),
        bySource ? g.bySource() : null,
        bySource ? null : g.sourceArray(),
        message.op(),
        forward.lhs(),
        forward.rhs(),
        plan,
        forward.winners(),
        gradient.data(),
        left,
        out);
  }

  /** By the definition, one number after the other. */
  private static double[] expected(TestGraph g, WinnerGradCall c) {
    double[] out = new double[Math.toIntExact(c.out().size())];
    FeaturePlan plan = c.plan();
    for (int v = 0; v < g.destinations(); v++) {
      for (int j = 0; j < plan.count(); j++) {
        int at = v * plan.outSize() + plan.outOffset(j);
        int edge = (int) TestArrays.get(c.winners(), at);
        if (edge >= 0) {
          int l = Oracle.row(g, c.lhs(), edge) * plan.lhsSize() + plan.lhsOffset(j);
          double x = TestArrays.get(c.lhs().data(), l);
          int r =
              c.rhs() == null
                  ? 0
                  : Oracle.row(g, c.rhs(), edge) * plan.rhsSize() + plan.rhsOffset(j);
          double y = c.rhs() == null ? 0 : TestArrays.get(c.rhs().data(), r);
          double derivative =
              switch (c.op()) {
                case COPY, ADD -> 1;
                case SUB -> c.left() ? 1 : -1;
                case MUL, DOT -> c.left() ? y : x;
                case DIV -> c.left() ? 1 / y : -x / (y * y);
              };
          out[c.left() ? l : r] += TestArrays.get(c.gradient(), at) * derivative;
        }
      }
    }
    return out;
  }

  @Test
  void noWinnersNoGradient() {
    TestGraph empty = TestGraph.of(4, 3, new int[0], new int[0], 1);
    for (Kernel kernel : Kernel.values()) {
      for (int width : new int[] {0, 9}) {
        WinnerGradCall call =
            call(
                kernel,
                empty,
                new Message(MessageOp.COPY, Target.U, null),
                FeaturePlan.copy(width),
                true);
        kernel.kernels.winnerGrad(call);
        assertThat(TestArrays.values(call.out())).isEqualTo(new double[4 * width]);
      }
    }
  }

  @Test
  void anOperandThatMeetsNothingGetsZeros() {
    TestGraph g = TestGraph.random(44, 9, 40, false);
    FeaturePlan plan = Pattern.of(new int[] {1}, new int[] {0}).plan();
    for (Target own : Target.values()) {
      Message message = new Message(MessageOp.MUL, own, own == Target.V ? Target.E : Target.V);
      for (Kernel kernel : Kernel.values()) {
        WinnerGradCall call = call(kernel, g, message, plan, true);
        kernel.kernels.winnerGrad(call);
        assertThat(TestArrays.values(call.out())).as("%s %s", kernel, own).containsOnly(0);
      }
    }
  }
}
