package io.relata.cuda.device;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.relata.DType;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Times of sparse products and training steps on graphs that are written to files, so that {@code
 * peers.py} measures the same beside it. Medians of repetitions, each of several calls with one
 * wait at its end.
 */
final class DeviceBenchmarks {
  private final Relata relata;
  private final Path folder;
  private final long deadline;
  private final int repetitions;
  private final boolean trial;
  private final List<Map<String, Object>> results = new ArrayList<>();

  private DeviceBenchmarks(Relata relata, Path folder, long deadline, boolean trial) {
    this.relata = relata;
    this.folder = folder;
    this.deadline = deadline;
    this.trial = trial;
    this.repetitions = trial ? 1 : 7;
  }

  /**
   * Runs all that the time allows.
   *
   * @param args folder for graphs and results, seconds, divisor of all sizes: 1, or more to try
   *     whether all runs, once each
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    long deadline = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000_000L;
    int divisor = Integer.parseInt(args[2]);
    try (Relata relata = Relata.open()) {
      DeviceBenchmarks b = new DeviceBenchmarks(relata, folder, deadline, divisor > 1);
      b.copyBandwidth(divisor);
      int[] cora = {2_708 / divisor + 32, 10_556 / divisor, 1_433 / divisor + 8};
      b.epochs("cora-sized", cora[0], cora[1], cora[2], "gcn", "gcn-sparse");
      int[][] sizes = {{100_000, 2_000_000}, {1_000_000, 20_000_000}, {2_500_000, 100_000_000}};
      b.epochs("epoch", sizes[0][0] / divisor, sizes[0][1] / divisor, 128, "gat", "rgcn");
      for (int[] size : sizes) {
        b.products("g" + size[1] / 1_000_000 + "m", size[0] / divisor, size[1] / divisor);
      }
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("backend", relata.toString());
      all.put("results", b.results);
      new ObjectMapper()
          .writerWithDefaultPrettyPrinter()
          .writeValue(folder.resolve("relata.json").toFile(), all);
    }
  }

  private boolean late() {
    return System.nanoTime() > deadline;
  }

  /** Waits for the device: its queue is in order, so reading anything does. */
  private void await() {
    try (Scope _ = relata.scope()) {
      relata.full(1, DType.INT32, 1).item();
    }
  }

  private double millis(int most, Supplier<?> call) {
    int calls = trial ? 1 : most;
    double[] times = new double[repetitions];
    for (int r = -2; r < repetitions; r++) {
      await();
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        try (Scope _ = relata.scope()) {
          Object _ = call.get();
        }
      }
      await();
      if (r >= 0) {
        times[r] = (System.nanoTime() - start) / 1e6 / calls;
      }
    }
    Arrays.sort(times);
    return times[repetitions / 2];
  }

  private void add(
      String graph, int nodes, String operation, int width, double millis, long bytes) {
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("graph", graph);
    r.put("nodes", nodes);
    r.put("operation", operation);
    r.put("width", width);
    r.put("ms", millis);
    if (bytes > 0) {
      r.put("GBps", bytes / millis / 1e6);
    }
    results.add(r);
    System.out.println(r);
  }

  private void copyBandwidth(int divisor) {
    Tensor x = relata.zeros((1L << 28) / divisor);
    double ms = millis(5, x::copy);
    add("none", 0, "copy", 0, ms, 2 * 4 * x.size());
  }

  private void products(String name, int nodes, int edges) throws IOException {
    if (late()) {
      return;
    }
    RandomGraph made = RandomGraph.of(name, nodes, edges);
    made.write(folder);
    Adjacency g = Adjacency.of(relata, name, nodes, nodes, made.src(), made.dst());
    int calls = edges > 50_000_000 ? 3 : 10;
    for (int width : new int[] {64, 128}) {
      try (Scope _ = relata.scope();
          NoGrad _ = new NoGrad()) {
        Tensor x = relata.randn(nodes, width);
        Tensor w = Models.weights(relata, g);
        // What must move: a row for each edge, the result, and the indices.
        long bytes = 4L * edges * width + 4L * nodes * width + 4L * edges + 4L * nodes;
        add(
            name,
            nodes,
            "copy_u sum",
            width,
            millis(calls, () -> GraphOps.copyReduce(g, Reducer.SUM, Arg.u(x))),
            bytes);
        add(
            name,
            nodes,
            "copy_u max",
            width,
            millis(calls, () -> GraphOps.copyReduce(g, Reducer.MAX, Arg.u(x))),
            bytes);
        add(
            name,
            nodes,
            "u_mul_e sum",
            width,
            millis(calls, () -> GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(x), Arg.e(w))),
            bytes + 4L * edges);
      }
      if (late()) {
        return;
      }
    }
    relata.trimMemory();
  }

  /**
   * Bytes in use when all garbage is gone and caches are empty; the peak starts anew from there.
   */
  private long settled() {
    long least = Long.MAX_VALUE;
    for (int unchanged = 0; unchanged < 3; unchanged++) {
      System.gc();
      // The collector says what it found a moment after it is done.
      LockSupport.parkNanos(20_000_000);
      relata.trimMemory();
      long used = relata.memory().used();
      if (used < least) {
        least = used;
        unchanged = 0;
      }
    }
    relata.resetPeakMemory();
    return relata.memory().used();
  }

  private void epochs(String name, int nodes, int edges, int width, String... models)
      throws IOException {
    RandomGraph made = RandomGraph.of(name, nodes, edges);
    made.write(folder);
    // Relations of the loops stay 0.
    int[] relations = Arrays.copyOf(made.relations(20), edges + nodes);
    RandomGraph.write(folder.resolve(name + ".rel"), relations);
    for (String model : models) {
      // Graph, features, parameters, moments, and what a step makes: all that training needs.
      long before = settled();
      try (Scope _ = relata.scope()) {
        Adjacency g = Models.withLoops(relata, made);
        Models.Training t =
            switch (model) {
              case "gat" -> Models.gat(relata, g, width);
              case "rgcn" -> Models.rgcn(relata, g, relations, 20, width);
              case "gcn-sparse" -> Models.sparseGcn(relata, g, width);
              default -> Models.gcn(relata, g, width);
            };
        double ms = millis(5, () -> t.step(false));
        add(name, nodes, model + " epoch", width, ms, 0);
        results.getLast().put("peakBytes", relata.memory().peak() - before);
      }
    }
  }
}
