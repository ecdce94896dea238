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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists of sparse products against the same products one after the other. */
class SpmmListKernelTest extends GraphKernelFixture {
  private static final int NODES = 30;

  private List<DeviceGraph> relations;

  @BeforeEach
  void relations() {
    relations =
        List.of(
            graph(DeviceGraph.hub(device, NODES, 400, 1)),
            graph(DeviceGraph.random(device, 20, NODES, 60, 2)),
            graph(new DeviceGraph(device, "none", 5, NODES, new int[0], new int[0])),
            graph(DeviceGraph.hub(device, NODES, 700, 3)),
            graph(DeviceGraph.sorted(device, 8, NODES, 90, 4)));
  }

  private SpmmCall call(
      DeviceGraph g, DType type, int width, Reducer reducer, boolean scaled, Array out, int k) {
    Operand u = new Operand(numbers(type, normal(g.numSrc * width, 10L + k)), Target.U);
    if (!scaled) {
      return new SpmmCall(
          g.in, MessageOp.COPY, u, null, FeaturePlan.copy(width), reducer, out, null, k > 0);
    }
    Operand e = new Operand(numbers(type, normal(g.numEdges() * width, 20L + k)), Target.E);
    return new SpmmCall(
        g.in, MessageOp.MUL, u, e, plan(Layout.SAME, width, 1), reducer, out, null, k > 0);
  }

  /** Copies of the calls with results of their own. */
  private List<SpmmCall> again(List<SpmmCall> calls, List<Array> outs, List<Array> others) {
    return calls.stream()
        .map(
            c ->
                new SpmmCall(
                    c.index(),
                    c.op(),
                    c.lhs(),
                    c.rhs(),
                    c.plan(),
                    c.reducer(),
                    others.get(outs.indexOf(c.out())),
                    c.winners(),
                    c.accumulate()))
        .toList();
  }

  private void check(DType type, List<SpmmCall> calls, List<Array> outs) {
    List<Array> others = outs.stream().map(o -> numbers(type, read(o))).toList();
    List<SpmmCall> single = again(calls, outs, others);
    kernels.spmmAll(calls);
    single.forEach(kernels::spmm);
    for (int i = 0; i < outs.size(); i++) {
      double[] expected = read(others.get(i));
      double[] magnitudes = Arrays.stream(expected).map(x -> Math.abs(x) + 50).toArray();
      assertClose(
          read(outs.get(i)), expected, magnitudes, tolerance(type), "result " + i + " " + type);
      assertThat(Arrays.stream(expected)).anyMatch(x -> x != 0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void sumsOfRelationsIntoOneResult(DType type) {
    for (int width : WIDTHS) {
      Array out = numbers(type, normal(NODES * width, 5));
      List<SpmmCall> calls = new ArrayList<>();
      for (int k = 0; k < relations.size(); k++) {
        Reducer reducer = k % 2 == 0 ? Reducer.MEAN : Reducer.SUM;
        calls.add(call(relations.get(k), type, width, reducer, k % 3 == 1, out, k));
      }
      check(type, calls, List.of(out));
      done();
    }
  }

  @Test
  void severalResultsOfSeveralWidthsInOneList() {
    DType type = DType.FLOAT32;
    Array a = numbers(type, normal(NODES * 16, 5));
    Array b = numbers(type, normal(NODES * 200, 6));
    Array c = numbers(type, normal(NODES * 3, 7));
    List<SpmmCall> calls = new ArrayList<>();
    for (int k = 0; k < relations.size(); k++) {
      calls.add(call(relations.get(k), type, 16, Reducer.SUM, false, a, k));
      calls.add(call(relations.get(k), type, 200, Reducer.SUM, true, b, k));
      calls.add(call(relations.get(k), type, 3, Reducer.MEAN, true, c, k));
    }
    check(type, calls, List.of(a, b, c));
  }

  @Test
  void aFirstCallMayAddToWhatIsThere() {
    DType type = DType.FLOAT32;
    Array out = numbers(type, normal(NODES * 8, 5));
    List<SpmmCall> calls = new ArrayList<>();
    for (int k = 1; k < relations.size(); k++) {
      calls.add(call(relations.get(k), type, 8, Reducer.SUM, false, out, k));
    }
    check(type, calls, List.of(out));
  }

  @Test
  void aResultThatALaterCallReadsIsMadeFirst() {
    DType type = DType.FLOAT32;
    DeviceGraph loop = relations.getFirst();
    FeaturePlan copy = FeaturePlan.copy(8);
    Array x = numbers(type, halves(NODES * 8, 1));
    Array y = numbers(type, new double[NODES * 8]);
    Array z = numbers(type, new double[NODES * 8]);
    Operand ofX = new Operand(x, Target.U);
    Operand ofY = new Operand(y, Target.U);
    check(
        type,
        List.of(
            new SpmmCall(loop.in, MessageOp.COPY, ofX, null, copy, Reducer.MEAN, y, null, false)),
        List.of(y));
    double[] expected = read(y);
    kernels.spmmAll(
        List.of(
            new SpmmCall(loop.in, MessageOp.COPY, ofX, null, copy, Reducer.SUM, y, null, false),
            new SpmmCall(loop.in, MessageOp.COPY, ofX, null, copy, Reducer.MEAN, y, null, false),
            new SpmmCall(loop.in, MessageOp.COPY, ofY, null, copy, Reducer.SUM, z, null, false)));
    assertThat(read(y)).isEqualTo(expected);
    Array w = numbers(type, new double[NODES * 8]);
    kernels.spmm(
        new SpmmCall(loop.in, MessageOp.COPY, ofY, null, copy, Reducer.SUM, w, null, false));
    assertThat(read(z)).isEqualTo(read(w));
  }

  @Test
  void maximaAndWinnersGoOneByOne() {
    DType type = DType.FLOAT32;
    Array out = numbers(type, new double[NODES * 4]);
    Array winners = ints(new int[NODES * 4]);
    DeviceGraph g = relations.getFirst();
    double[] x = halves(g.numSrc * 4, 3);
    Operand u = new Operand(numbers(type, x), Target.U);
    FeaturePlan copy = FeaturePlan.copy(4);
    SpmmCall max =
        new SpmmCall(g.in, MessageOp.COPY, u, null, copy, Reducer.MAX, out, winners, false);
    kernels.spmmAll(List.of(max, max));
    MessageOracle oracle =
        new MessageOracle(g, type, MessageOp.COPY, Target.U, x, null, null, copy);
    MessageOracle.Reduced expected = oracle.reduce(Reducer.MAX, null);
    assertThat(read(out)).isEqualTo(expected.values());
    assertThat(DeviceGraph.readInts(device, winners)).isEqualTo(expected.winners());
  }

  @Test
  void anEmptyListDoesNothing() {
    kernels.spmmAll(List.of());
  }
}
