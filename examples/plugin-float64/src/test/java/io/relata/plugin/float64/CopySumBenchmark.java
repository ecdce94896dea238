package io.relata.plugin.float64;

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
import io.relata.spi.SpmmKernel;
import io.relata.spi.Target;
import io.relata.tck.graph.TestGraph;
import java.util.Arrays;
import java.util.Locale;

/**
 * Times this jar's kernel and the backend's in turn, on the same call, and prints for each width
 * the median times and the median of the pairs' ratios.
 */
final class CopySumBenchmark {
  private static final int NODES = 20_000;
  private static final int EDGES = 400_000;
  private static final int WARM_UP = 25;
  private static final int PAIRS = 31;

  private CopySumBenchmark() {}

  public static void main(String[] args) {
    try (Relata relata = Relata.open()) {
      Adjacency g = TestGraph.random(1, NODES, NODES, EDGES).on(relata);
      for (int width : new int[] {1, 2, 3, 4, 5, 8, 16, 17, 32, 64, 100}) {
        measure(relata, g, width);
      }
    }
  }

  private static void measure(Relata relata, Adjacency g, int width) {
    Tensor x = relata.normal(0, 1, DType.FLOAT64, NODES, width);
    Tensor out = relata.empty(DType.FLOAT64, Shape.of(NODES, width));
    SpmmCall call =
        new SpmmCall(
            g.in(),
            MessageOp.COPY,
            new Operand(x.array(), Target.U),
            null,
            FeaturePlan.copy(width),
            Reducer.SUM,
            out.array(),
            null,
            false);
    SpmmKernel own = new CopySum(relata.backend());
    SpmmKernel theirs = relata.backend().graph()::spmm;
    double[] ownTimes = new double[PAIRS];
    double[] theirTimes = new double[PAIRS];
    double[] ratios = new double[PAIRS];
    for (int i = -WARM_UP; i < PAIRS; i++) {
      double a = milliseconds(theirs, call);
      double b = milliseconds(own, call);
      if (i >= 0) {
        theirTimes[i] = a;
        ownTimes[i] = b;
        ratios[i] = a / b;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "width %3d: backend %7.3f ms, plugin %7.3f ms, ratio %.2f%n",
        width,
        median(theirTimes),
        median(ownTimes),
        median(ratios));
  }

  private static double milliseconds(SpmmKernel kernel, SpmmCall call) {
    long start = System.nanoTime();
    kernel.run(call);
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
