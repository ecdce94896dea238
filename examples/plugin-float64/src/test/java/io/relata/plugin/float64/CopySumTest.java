package io.relata.plugin.float64;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import io.relata.tck.graph.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopySumTest {
  private static final int[] WIDTHS = {1, 2, 3, 7, 8, 9, 16, 17, 31, 32, 33, 64, 100, 257};

  private static SpmmCall call(
      Adjacency g, Target target, Reducer reducer, Tensor x, Tensor out, boolean accumulate) {
    return new SpmmCall(
        g.in(),
        MessageOp.COPY,
        new Operand(x.array(), target),
        null,
        FeaturePlan.copy((int) out.dim(1)),
        reducer,
        out.array(),
        null,
        accumulate);
  }

  @Test
  void theBitsAreThoseOfTheBackend() {
    List<TestGraph> graphs = new ArrayList<>(TestGraph.small());
    graphs.add(TestGraph.random(1, 500, 400, 40_000));
    graphs.add(TestGraph.hub(2, 60, 3_000));
    try (Relata relata = Relata.open()) {
      CopySum kernel = new CopySum(relata.backend());
      for (TestGraph t : graphs) {
        Adjacency g = t.on(relata);
        for (int width : WIDTHS) {
          for (Target target : List.of(Target.U, Target.E)) {
            int rows = target == Target.U ? g.numSrc() : g.numEdges();
            Tensor x = relata.normal(0, 1, DType.FLOAT64, rows, width);
            for (Reducer reducer : List.of(Reducer.SUM, Reducer.MEAN)) {
              for (boolean accumulate : new boolean[] {false, true}) {
                Tensor before = relata.normal(0, 1, DType.FLOAT64, g.numDst(), width);
                Tensor own = before.copy();
                Tensor theirs = before.copy();
                kernel.run(call(g, target, reducer, x, own, accumulate));
                relata.backend().graph().spmm(call(g, target, reducer, x, theirs, accumulate));
                assertThat(Arrays.equals(own.toDoubleArray(), theirs.toDoubleArray()))
                    .as(
                        "%s of %s on %s, width %d, adding %s",
                        reducer, target, t, width, accumulate)
                    .isTrue();
              }
            }
          }
        }
      }
    }
  }

  @Test
  void otherSignaturesAreLeftToTheBackend() {
    try (Relata relata = Relata.open()) {
      Adjacency g = TestGraph.hub(2, 10, 40).on(relata);
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
        for (Reducer reducer : Reducer.values()) {
          Tensor x = relata.zeros(dtype, 10, 9);
          relata
              .spmm()
              .run(call(g, Target.U, reducer, x, relata.empty(dtype, Shape.of(10, 9)), false));
        }
      }
      assertThat(relata.explain().lines().filter(l -> l.contains("-> float64 (priority 10)")))
          .hasSize(2)
          .allMatch(l -> l.contains("FLOAT64") && (l.contains("SUM") || l.contains("MEAN")));
    }
  }
}
