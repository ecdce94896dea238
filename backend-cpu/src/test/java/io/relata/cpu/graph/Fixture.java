package io.relata.cpu.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.relata.DType;
import io.relata.cpu.HostMemory;
import io.relata.cpu.Workers;
import io.relata.spi.Array;
import io.relata.spi.DeviceMemory;
import io.relata.spi.FeaturePlan;
import io.relata.spi.GraphKernels;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SddmmCall;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What the kernel tests share: messages, data, both kernels, comparison. */
final class Fixture {
  static final Workers ONE = new Workers(1);
  static final DeviceMemory MEMORY = HostMemory.ofMachine();
  static final GraphKernels PLAIN = new CpuGraphKernels(ONE, MEMORY, false);
  static final GraphKernels VECTOR = new CpuGraphKernels(ONE, MEMORY, true);

  private Fixture() {}

  /** A message function: its operation and where its operands live; rhs is null for copy. */
  record Message(MessageOp op, Target lhs, Target rhs) {
    @Override
    public String toString() {
      return lhs + "_" + op + (rhs == null ? "" : "_" + rhs);
    }
  }

  /** copy_u, copy_e, and five operations on every ordered pair of distinct targets: 32. */
  static List<Message> messages() {
    List<Message> result = new ArrayList<>();
    result.add(new Message(MessageOp.COPY, Target.U, null));
    result.add(new Message(MessageOp.COPY, Target.E, null));
    for (MessageOp op : MessageOp.values()) {
      for (Target l : Target.values()) {
        for (Target r : Target.values()) {
          if (op != MessageOp.COPY && l != r) {
            result.add(new Message(op, l, r));
          }
        }
      }
    }
    return result;
  }

  /** The GPU-less pair of kernels and types every rule is proven on. */
  enum Kernel {
    PLAIN_F64(Fixture.PLAIN, DType.FLOAT64, 1e-12),
    PLAIN_F32(Fixture.PLAIN, DType.FLOAT32, 1e-5),
    VECTOR_F32(Fixture.VECTOR, DType.FLOAT32, 1e-5);

    final GraphKernels kernels;
    final DType dtype;
    final double tolerance;

    Kernel(GraphKernels kernels, DType dtype, double tolerance) {
      this.kernels = kernels;
      this.dtype = dtype;
      this.tolerance = tolerance;
    }

    /** The same kernels on other threads. */
    GraphKernels on(Workers workers, DeviceMemory memory) {
      return new CpuGraphKernels(workers, memory, kernels == VECTOR);
    }
  }

  static FeaturePlan plan(Message message, Pattern pattern) {
    return message.rhs() == null ? FeaturePlan.copy(Pattern.size(pattern.lhs())) : pattern.plan();
  }

  /**
   * An operand with random numbers.
   *
   * @param exact multiples of 1/4 with powers of two for the right side, so that sums and quotients
   *     are exact and ties occur; else any
   */
  static Operand operand(
      TestGraph g, Target target, int size, DType dtype, long seed, boolean right, boolean exact) {
    Random random = new Random(seed);
    Array data =
        TestArrays.fill(
            TestArrays.zeros(dtype, Oracle.rows(g, target), size),
            _ -> {
              double sign = random.nextBoolean() ? 1 : -1;
              if (exact) {
                return sign
                    * (right ? Math.scalb(1.0, random.nextInt(3) - 1) : random.nextInt(5) / 4.0);
              }
              return sign * (float) (0.5 + random.nextDouble());
            });
    return new Operand(data, target);
  }

  static SpmmCall spmmCall(
      TestGraph g,
      Message message,
      FeaturePlan plan,
      Reducer reducer,
      DType dtype,
      long seed,
      boolean exact) {
    Operand lhs = operand(g, message.lhs(), plan.lhsSize(), dtype, seed, false, exact);
    Operand rhs =
        message.rhs() == null
            ? null
            : operand(g, message.rhs(), plan.rhsSize(), dtype, seed + 1, true, exact);
    boolean winners = reducer == Reducer.MAX || reducer == Reducer.MIN;
    return new SpmmCall(
        g.index(),
        message.op(),
        lhs,
        rhs,
        plan,
        reducer,
        TestArrays.fill(TestArrays.zeros(dtype, g.destinations(), plan.outSize()), _ -> 77),
        winners ? TestArrays.zeros(DType.INT32, g.destinations(), plan.outSize()) : null,
        false);
  }

  static SddmmCall sddmmCall(
      TestGraph g, Message message, FeaturePlan plan, DType dtype, long seed) {
    Operand lhs = operand(g, message.lhs(), plan.lhsSize(), dtype, seed, false, false);
    Operand rhs =
        message.rhs() == null
            ? null
            : operand(g, message.rhs(), plan.rhsSize(), dtype, seed + 1, true, false);
    return new SddmmCall(
        g.index(),
        message.op(),
        lhs,
        rhs,
        plan,
        TestArrays.fill(TestArrays.zeros(dtype, g.source().length, plan.outSize()), _ -> 77));
  }

  /** Every element within {@code tolerance} of the scale of what was summed into it. */
  static void assertClose(
      String what, double[] actual, double[] expected, double[] scale, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      double allowed = tolerance * Math.max(1, scale == null ? Math.abs(expected[i]) : scale[i]);
      boolean equal =
          Double.compare(actual[i], expected[i]) == 0
              || Math.abs(actual[i] - expected[i]) <= allowed;
      if (!equal) {
        fail("%s: element %d is %s, expected %s", what, i, actual[i], expected[i]);
      }
    }
  }

  /** Widths around every block and tail of the vector loops. */
  static int[] widths() {
    return new int[] {1, 2, 3, 7, 16, 17, 33, 64, 100, 257};
  }

  /** Broadcasts of every layout. */
  static List<Pattern> patterns() {
    List<Pattern> result = new ArrayList<>();
    for (int[] s : new int[][] {{1}, {5}, {16}, {37}}) {
      result.add(Pattern.same(s));
    }
    // A number per row, a number per head, one number for all; on either side.
    for (int[][] p :
        new int[][][] {
          {{20}, {1}}, {{64}, {1}}, {{4, 16}, {4, 1}}, {{3, 5}, {3, 1}}, {{2, 40}, {2, 1}},
          {{9, 2}, {9, 1}}, {{2, 3}, {1, 3}}, {{3, 1}, {1, 4}}, {{2, 1, 3}, {4, 1}}, {{4, 3}, {3}}
        }) {
      result.add(Pattern.of(p[0], p[1]));
      result.add(Pattern.of(p[1], p[0]));
    }
    return result;
  }

  /** The same for dot: one group, heads of different widths, broadcasts. */
  static List<Pattern> dotPatterns() {
    return Stream.concat(
            Stream.of(
                    new int[][] {
                      {1}, {7}, {16}, {100}, {4, 8}, {3, 20}, {2, 64}, {5, 1}, {1, 200}, {1, 300}
                    })
                .map(Pattern::dot),
            Stream.of(
                new Pattern(new int[] {3, 4}, new int[] {1, 4}, true),
                new Pattern(new int[] {3, 4}, new int[] {3, 1}, true),
                new Pattern(new int[] {4}, new int[] {2, 4}, true)))
        .toList();
  }
}
