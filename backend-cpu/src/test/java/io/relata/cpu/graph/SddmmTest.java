package io.relata.cpu.graph;

import static io.relata.cpu.graph.Fixture.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.cpu.graph.Fixture.Kernel;
import io.relata.cpu.graph.Fixture.Message;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.SddmmCall;
import io.relata.spi.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of values per edge, on random graphs with fixed seeds. */
class SddmmTest {
  @ParameterizedTest
  @EnumSource(Kernel.class)
  void allMessagesAndBroadcastsEqualTheDefinition(Kernel kernel) {
    for (TestGraph g :
        List.of(
            TestGraph.random(31, 23, 150, true),
            TestGraph.random(31, 23, 150, false),
            TestGraph.hubs(31, 9, 130, false))) {
      for (Message message : Fixture.messages()) {
        List<Pattern> patterns =
            message.op() == MessageOp.DOT ? Fixture.dotPatterns() : Fixture.patterns();
        for (Pattern pattern : patterns) {
          check(kernel, g, message, Fixture.plan(message, pattern), pattern.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void everyWidthIsComputedToItsLastColumn(Kernel kernel) {
    TestGraph g = TestGraph.random(32, 40, 300, false);
    for (int width : Fixture.widths()) {
      check(
          kernel,
          g,
          new Message(MessageOp.ADD, Target.U, Target.V),
          Pattern.same(width).plan(),
          "" + width);
      check(
          kernel,
          g,
          new Message(MessageOp.DOT, Target.V, Target.U),
          Pattern.dot(width).plan(),
          "" + width);
      check(
          kernel,
          g,
          new Message(MessageOp.COPY, Target.U, null),
          FeaturePlan.copy(width),
          "" + width);
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void dotProductsOfAnyNumberAndWidthOfHeadsEqualTheDefinition(Kernel kernel) {
    for (boolean sorted : new boolean[] {true, false}) {
      TestGraph g = TestGraph.random(35, 40, 300, sorted);
      for (int heads : new int[] {1, 2, 3, 4, 5, 8, 16, 20}) {
        for (int width : new int[] {1, 2, 4, 8, 16, 24, 32, 64}) {
          FeaturePlan plan = Pattern.dot(heads, width).plan();
          check(kernel, g, new Message(MessageOp.DOT, Target.U, Target.V), plan, plan.toString());
          check(kernel, g, new Message(MessageOp.DOT, Target.V, Target.U), plan, plan.toString());
        }
      }
    }
  }

  private static void check(
      Kernel kernel, TestGraph g, Message message, FeaturePlan plan, String what) {
    SddmmCall call = Fixture.sddmmCall(g, message, plan, kernel.dtype, 8);
    kernel.kernels.sddmm(call);
    Oracle.Result expected = Oracle.messages(g, message.op(), call.lhs(), call.rhs(), plan);
    assertClose(
        "%s %s %s seed 8".formatted(kernel, message, what),
        TestArrays.values(call.out()),
        expected.out(),
        expected.scale(),
        kernel.tolerance);
  }

  @Test
  void vectorsGiveTheBitsOfThePlainKernelForAllButDot() {
    TestGraph g = TestGraph.random(33, 30, 200, false);
    for (Message message : Fixture.messages()) {
      if (message.op() == MessageOp.DOT) {
        continue;
      }
      for (Pattern pattern : Fixture.patterns()) {
        FeaturePlan plan = Fixture.plan(message, pattern);
        SddmmCall plain = Fixture.sddmmCall(g, message, plan, DType.FLOAT32, 9);
        SddmmCall vector = Fixture.sddmmCall(g, message, plan, DType.FLOAT32, 9);
        Fixture.PLAIN.sddmm(plain);
        Fixture.VECTOR.sddmm(vector);
        assertThat(TestArrays.values(vector.out()))
            .as("%s %s", message, pattern)
            .isEqualTo(TestArrays.values(plain.out()));
      }
    }
  }

  @Test
  void emptyGraphsAndWidthsAreDefined() {
    TestGraph empty = TestGraph.of(4, 3, new int[0], new int[0], 1);
    TestGraph g = TestGraph.random(34, 20, 60, false);
    Message dot = new Message(MessageOp.DOT, Target.U, Target.V);
    for (Kernel kernel : Kernel.values()) {
      kernel.kernels.sddmm(Fixture.sddmmCall(empty, dot, Pattern.dot(8).plan(), kernel.dtype, 1));
      SddmmCall zero = Fixture.sddmmCall(g, dot, Pattern.dot(4, 0).plan(), kernel.dtype, 1);
      kernel.kernels.sddmm(zero);
      assertThat(TestArrays.values(zero.out())).hasSize(240).containsOnly(0);
      Message add = new Message(MessageOp.ADD, Target.U, Target.V);
      kernel.kernels.sddmm(Fixture.sddmmCall(g, add, Pattern.same(0).plan(), kernel.dtype, 1));
    }
  }
}
