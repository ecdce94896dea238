package io.relata.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What the cases of one process share: the runtime, the peers, the floor, and the figures. */
final class Bench implements AutoCloseable {
  private final Options options;
  private final Relata relata;
  private final CppPeer cpp;
  private final Floor floor;
  private final CppLibrary loops;
  private final TorchPeer torch;
  private final PrintStream out;
  private final List<Figure> figures = new ArrayList<>();

  /** Opens the runtime and those of the peers that are asked for and work here. */
  Bench(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
    relata = Relata.open("cpu");
    cpp = options.tools().contains(Tool.CPP) ? peer(() -> new CppPeer(options.threads())) : null;
    floor = cpp == null ? null : new Floor(relata, cpp);
    loops = options.tools().contains(Tool.DGL_LOOPS) ? peer(DglLoops::library) : null;
    torch =
        options.tools().contains(Tool.PYTORCH)
            ? peer(() -> new TorchPeer(options.threads()))
            : null;
    if (floor != null) {
      out.println("Floor: " + floor);
    }
  }

  private <T> T peer(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (UsageException e) {
      out.println("Left out: " + e.getMessage());
      return null;
    }
  }

  Options options() {
    return options;
  }

  Relata relata() {
    return relata;
  }

  /** The C++ peer, or null. */
  CppPeer cpp() {
    return cpp;
  }

  /** The loops of DGL on a graph, or null. */
  DglLoops loops(Adjacency g, Edges edges) {
    return loops == null ? null : new DglLoops(loops, relata, g, edges, options.threads());
  }

  /** PyTorch, or null. */
  TorchPeer torch() {
    return torch;
  }

  /** Whether ND4J's operations are to be measured. */
  boolean nd4j() {
    return options.tools().contains(Tool.ND4J);
  }

  /** The floor, or null where there is no C++ compiler to measure it. */
  Floor floor() {
    return floor;
  }

  boolean full() {
    return options.mode() == Options.Mode.FULL;
  }

  /** Says something beside the figures. */
  @FormatMethod
  void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  /** Relata's way: no gradients are recorded. */
  Way inference(Supplier<Tensor> body) {
    return new Way(
        Tool.RELATA,
        "relata",
        look -> {
          try (Scope _ = relata.scope();
              NoGrad _ = new NoGrad()) {
            Tensor y = body.get();
            return look ? first(y) : null;
          }
        });
  }

  /** The first numbers of a tensor. */
  static float[] first(Tensor y) {
    return y.reshape(y.size()).slice(0, 0, Math.min(Attempt.LOOK, y.size())).toFloatArray();
  }

  /**
   * Times a case by turns and keeps the figures.
   *
   * @param floorMs the case's floor, or NaN for none
   * @param ways Relata's first
   */
  void contest(String name, Edges edges, int dim, double floorMs, List<Way> ways) {
    Contest contest =
        switch (options.mode()) {
          case SMOKE -> new Contest(out, 0, 0, 1, 100);
          case SHORT -> new Contest(out, 400, 700, 3, 100);
          case FULL -> new Contest(out, 1200, 2500, 5, 300);
        };
    List<Contest.Result> results = contest.run(name, ways);
    StringBuilder line = new StringBuilder();
    for (Contest.Result r : results) {
      add(name, edges, dim, r.tool(), r.median(), r.min(), floorMs);
      line.append(String.format(Locale.ROOT, "  %s %.2f", r.tool().id, r.median()));
    }
    if (!Double.isNaN(floorMs)) {
      add(name, edges, dim, Tool.FLOOR, floorMs, floorMs, floorMs);
      line.append(String.format(Locale.ROOT, "  floor %.2f", floorMs));
    }
    say("%s, %s, D = %d, ms:%s", name, edges.name(), dim, line);
  }

  /** Keeps one figure. */
  void add(
      String name, Edges edges, int dim, Tool tool, double median, double min, double floorMs) {
    figures.add(
        new Figure(
            name,
            edges.name(),
            edges.nodes(),
            edges.size(),
            dim,
            options.threads(),
            tool.id,
            median,
            min,
            Double.isNaN(floorMs) ? null : median / floorMs));
  }

  @Override
  public void close() {
    if (torch != null) {
      torch.close();
    }
    relata.close();
  }
}
