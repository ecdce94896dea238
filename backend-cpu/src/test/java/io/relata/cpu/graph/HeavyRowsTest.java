package io.relata.cpu.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.cpu.HostMemory;
import io.relata.cpu.Workers;
import io.relata.cpu.graph.Fixture.Kernel;
import io.relata.cpu.graph.Fixture.Message;
import io.relata.cpu.graph.HeavyRows.Part;
import io.relata.spi.Array;
import io.relata.spi.DeviceMemory;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which rows are cut, where, and what merging their parts has to keep. */
class HeavyRowsTest {
  private static final Message COPY_E = new Message(MessageOp.COPY, Target.E, null);
  private static final Message COPY_U = new Message(MessageOp.COPY, Target.U, null);

  /** Edges that all enter the second of three rows, in as many blocks as give that many each. */
  private static TestGraph oneRow(int edges, int blockEdges) {
    int[] row = new int[edges];
    Arrays.fill(row, 1);
    return TestGraph.of(edges, 3, IntStream.range(0, edges).toArray(), row, edges)
        .inBlocks(edges / blockEdges);
  }

  @Test
  void aRowOfMoreThanFourBlocksIsCutIntoPartsOfABlock() {
    assertThat(HeavyRows.of(oneRow(40, 10).index()).isEmpty()).isTrue();

    List<Part> parts = HeavyRows.of(oneRow(60, 10).index()).parts();

    assertThat(parts)
        .containsExactly(
            new Part(1, 0, 10),
            new Part(1, 10, 20),
            new Part(1, 20, 30),
            new Part(1, 30, 40),
            new Part(1, 40, 50),
            new Part(1, 50, 60));
  }

  @Test
  void evenBlocksHaveNoHeavyRows() {
    assertThat(HeavyRows.of(TestGraph.random(1, 500, 4_000, false).index()).isEmpty()).isTrue();
    assertThat(HeavyRows.of(TestGraph.random(1, 5, 0, false).index()).isEmpty()).isTrue();
  }

  @Test
  void everyEdgeIsInOnePartOrInOneOtherRow() {
    RowIndex index = TestGraph.hubs(2, 40, 2_000, false).index();
    HeavyRows heavy = HeavyRows.of(index);
    int[] seen = new int[2_000];
    int[] offsets =
        Arrays.stream(TestArrays.values(index.offsets())).mapToInt(x -> (int) x).toArray();
    for (Part p : heavy.parts()) {
      IntStream.range(p.begin(), p.end()).forEach(i -> seen[i]++);
    }
    for (int b = 0; b < index.numBlocks(); b++) {
      heavy.others(
          index.blocks()[b],
          index.blocks()[b + 1],
          (from, to) -> IntStream.range(offsets[from], offsets[to]).forEach(i -> seen[i]++));
    }
    assertThat(seen).containsOnly(1);
    assertThat(heavy.parts().stream().map(Part::row).distinct()).containsExactly(1, 38);
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void theFirstEdgeWinsOverAllPartsAndNanOverNumbers(Kernel kernel) {
    double inf = Double.POSITIVE_INFINITY;
    int n = 80;
    double[] tie = new double[n];
    tie[37] = tie[38] = tie[71] = 5;
    double[] nan = new double[n];
    nan[3] = 9;
    nan[44] = nan[47] = nan[75] = Double.NaN;
    double[] lowest = new double[n];
    Arrays.fill(lowest, -inf);
    double[] late = lowest.clone();
    late[79] = -3;
    for (int width : new int[] {1, 19, 64, 150}) {
      assertMax(kernel, tie, width, 5, 37);
      assertMax(kernel, nan, width, Double.NaN, 44);
      assertMax(kernel, lowest, width, -inf, 0);
      assertMax(kernel, late, width, -3, 79);
    }
  }

  private static void assertMax(Kernel kernel, double[] x, int width, double best, int winner) {
    TestGraph g = oneRow(x.length, 8);
    for (Target target : List.of(Target.E, Target.U)) {
      for (Reducer reducer : List.of(Reducer.MAX, Reducer.MIN)) {
        double sign = reducer == Reducer.MAX ? 1 : -1;
        Array values = TestArrays.zeros(kernel.dtype, x.length, width);
        TestArrays.fill(values, i -> sign * x[i / width]);
        Array out = TestArrays.zeros(kernel.dtype, 3, width);
        Array won = TestArrays.zeros(DType.INT32, 3, width);
        kernel.kernels.spmm(
            new SpmmCall(
                g.index(),
                MessageOp.COPY,
                new Operand(values, target),
                null,
                FeaturePlan.copy(width),
                reducer,
                out,
                won,
                false));
        double[] expected = new double[3 * width];
        double[] winners = new double[3 * width];
        Arrays.fill(winners, -1);
        Arrays.fill(expected, width, 2 * width, sign * best);
        Arrays.fill(winners, width, 2 * width, winner);
        String what = "%s %s of %s, width %d".formatted(kernel, reducer, target, width);
        assertThat(TestArrays.values(out)).as(what).isEqualTo(expected);
        assertThat(TestArrays.values(won)).as(what).isEqualTo(winners);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void aMeanIsDividedByTheDegreeOfTheRowAndThenAdded(Kernel kernel) {
    TestGraph g = oneRow(96, 8);
    for (int width : new int[] {1, 5, 64, 200}) {
      SpmmCall c =
          Fixture.spmmCall(g, COPY_U, FeaturePlan.copy(width), Reducer.MEAN, kernel.dtype, 3, true);
      Oracle.Result mean = Oracle.spmm(g, c.op(), c.lhs(), null, c.plan(), Reducer.MEAN);
      SpmmCall add =
          new SpmmCall(
              c.index(), c.op(), c.lhs(), null, c.plan(), c.reducer(), c.out(), null, true);
      kernel.kernels.spmm(add);
      double[] expected = Arrays.stream(mean.out()).map(x -> 77 + x).toArray();
      Fixture.assertClose(
          kernel + " " + width, TestArrays.values(c.out()), expected, null, kernel.tolerance);
    }
  }

  @Test
  void rowsOfHalvesStayWholeSinceTheyAreRoundedOnce() {
    TestGraph g = TestGraph.hubs(4, 20, 1_500, false);
    for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
      assertThat(HeavyRows.of(g.index()).isEmpty()).isFalse();
      for (Reducer reducer : Reducer.values()) {
        SpmmCall cut = Fixture.spmmCall(g, COPY_E, FeaturePlan.copy(6), reducer, dtype, 5, false);
        SpmmCall whole =
            Fixture.spmmCall(g.inBlocks(1), COPY_E, FeaturePlan.copy(6), reducer, dtype, 5, false);
        Fixture.VECTOR.spmm(cut);
        Fixture.VECTOR.spmm(whole);
        assertThat(TestArrays.values(cut.out()))
            .as("%s %s", dtype, reducer)
            .isEqualTo(TestArrays.values(whole.out()));
      }
    }
  }

  /** Memory that knows what is out, and refuses more than a limit. */
  private static final class Counting implements DeviceMemory {
    private final DeviceMemory memory = HostMemory.ofMachine();
    private final List<Long> out = new ArrayList<>();
    private long asked;
    private long limit = Long.MAX_VALUE;

    @Override
    public long allocate(long bytes) {
      if (bytes > limit) {
        throw new OutOfMemoryError(bytes + " bytes");
      }
      asked += bytes;
      long address = memory.allocate(bytes);
      out.add(address);
      return address;
    }

    @Override
    public void release(long address, long bytes) {
      asked -= bytes;
      assertThat(out.remove(address)).isTrue();
      memory.release(address, bytes);
    }

    @Override
    public long capacity() {
      return memory.capacity();
    }
  }

  @Test
  void memoryOfPartsIsGivenBackAlsoWhenThereIsNone() {
    Counting memory = new Counting();
    try (Workers workers = new Workers(2)) {
      CpuGraphKernels kernels = new CpuGraphKernels(workers, memory, true);
      TestGraph g = TestGraph.hubs(6, 30, 2_000, false);
      SpmmCall call =
          Fixture.spmmCall(g, COPY_U, FeaturePlan.copy(8), Reducer.MAX, DType.FLOAT32, 7, false);
      kernels.spmm(call);
      assertThat(memory.out).isEmpty();
      assertThat(memory.asked).isZero();
      memory.limit = 1;
      assertThatThrownBy(() -> kernels.spmm(call)).isInstanceOf(OutOfMemoryError.class);
      assertThat(memory.out).isEmpty();
    }
  }
}
