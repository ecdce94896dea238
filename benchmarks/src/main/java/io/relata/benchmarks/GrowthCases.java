package io.relata.benchmarks;

import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.Reducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How the sum of neighbours grows with the graph: R-MAT graphs of 20 edges a node, 1 to 50 million
 * edges, forward and backward, so that both index structures are there.
 */
final class GrowthCases {
  private static final int DIM = 64;
  private static final int DEGREE = 20;
  private static final double DEVIATION = 0.15;
  private static final Path STATUS = Path.of("/proc/self/status");

  private GrowthCases() {}

  static void run(Bench bench, int... millions) {
    double before = 0;
    for (int m : millions) {
      before = one(bench, m, before);
      System.gc();
      bench.relata().trimMemory();
    }
    if (Files.exists(STATUS)) {
      bench.say("Peak of the process, heap and off-heap together: %s", peak());
    }
  }

  private static double one(Bench bench, int millions, double before) {
    Relata relata = bench.relata();
    relata.seed(1);
    Edges edges =
        Edges.rmat(
            "rmat-%dm".formatted(millions), millions * 1_000_000 / DEGREE, millions * 1_000_000);
    Adjacency g =
        Adjacency.of(relata, edges.name(), edges.nodes(), edges.nodes(), edges.src(), edges.dst());
    try (Scope _ = relata.scope()) {
      Tensor x = relata.rand(edges.nodes(), DIM).requiresGrad(true);
      Tensor gradient = relata.rand(edges.nodes(), DIM);
      bench.contest(
          "growth_copy_u_sum",
          edges,
          DIM,
          new GraphFloor(bench.floor(), g).reduced(g.in(), DIM),
          List.of(bench.inference(() -> GraphOps.copyReduce(g, Reducer.SUM, Arg.u(x)))));
      List<Figure> figures = bench.figures();
      double ms =
          figures.stream()
              .filter(f -> f.graph().equals(edges.name()) && f.tool().equals(Tool.RELATA.id))
              .mapToDouble(Figure::medianMs)
              .findFirst()
              .orElseThrow();
      double each = 1e6 * ms / ((double) edges.size() * DIM);
      bench.say(
          "%d million edges: %.4f ns an edge and number%s; pool %.2f GB",
          millions,
          each,
          before == 0 ? "" : against(each / before),
          bench.relata().memory().live() / 1e9);
      bench.contest(
          "growth_copy_u_sum_backward",
          edges,
          DIM,
          Double.NaN,
          List.of(
              new Way(
                  Tool.RELATA,
                  "relata",
                  look -> {
                    try (Scope _ = relata.scope()) {
                      x.zeroGrad();
                      GraphOps.copyReduce(g, Reducer.SUM, Arg.u(x)).backward(gradient);
                      return look ? Bench.first(x.grad()) : null;
                    }
                  })));
      bench.say(
          "%d million edges, both structures: pool %.2f GB",
          millions, relata.memory().live() / 1e9);
      return each;
    }
  }

  private static String against(double growth) {
    return String.format(
        Locale.ROOT,
        "; %+.0f %% against the size before (under 15 %% once out of cache: %s)",
        100 * (growth - 1),
        growth - 1 < DEVIATION ? "met" : "NOT MET");
  }

  private static String peak() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmHWM"))
          .findFirst()
          .map(line -> line.replaceAll("\\s+", " "))
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
