package io.relata.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a run measures.
 *
 * @param mode how much of it
 * @param graph a raw file of edges to measure on in place of the built-in graphs, or null
 * @param nodes its number of nodes
 * @param only parts of the names of the groups to run; empty for all
 * @param tools who competes with Relata
 * @param out where the summary goes
 * @param threads threads of every tool
 */
record Options(
    Mode mode, Path graph, int nodes, List<String> only, Set<Tool> tools, Path out, int threads) {

  static final String USAGE =
      """
      usage: benchmarks/run.sh short|full [--graph FILE --nodes N] [--only GROUP,...] [--tools c++,dgl-loops,pytorch,nd4j]
                               [--threads N] [--out FILE]
        short    a little over five minutes; dgl-loops only where named
        full     all widths and graphs, three processes of each group (PyTorch and ND4J in the first only),
                 and growth to 50 million edges: two hours
        --graph  int32 little-endian: all sources, then all destinations; ids from 0 to N - 1
      """;

  /** How much is measured. */
  enum Mode {
    /** One iteration, for tests of the program itself. */
    SMOKE,
    SHORT,
    FULL
  }

  /**
   * Reads arguments.
   *
   * @throws UsageException for what makes no sense
   */
  static Options of(String... args) {
    if (args.length == 0) {
      throw new UsageException("short or full?\n" + USAGE);
    }
    Mode mode =
        switch (args[0]) {
          case "smoke" -> Mode.SMOKE;
          case "short" -> Mode.SHORT;
          case "full" -> Mode.FULL;
          default ->
              throw new UsageException("'" + args[0] + "': expected short or full\n" + USAGE);
        };
    Path graph = null;
    int nodes = 0;
    List<String> only = List.of();
    Set<Tool> tools = EnumSet.of(Tool.CPP, Tool.PYTORCH, Tool.ND4J);
    if (mode == Mode.FULL) {
      // A run of theirs takes up to half a second, more than a short run has.
      tools.add(Tool.DGL_LOOPS);
    }
    Path out = Path.of("target", "summary.json");
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    for (int i = 1; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new UsageException(args[i] + " needs a value\n" + USAGE);
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--graph" -> graph = Path.of(value);
        case "--nodes" -> nodes = positive("--nodes", value);
        case "--only" -> only = List.of(value.split(",", -1));
        case "--tools" -> tools = tools(value);
        case "--threads" -> threads = positive("--threads", value);
        case "--out" -> out = Path.of(value);
        default -> throw new UsageException("'" + args[i] + "' is no option\n" + USAGE);
      }
    }
    if ((graph == null) != (nodes == 0)) {
      throw new UsageException("--graph and --nodes go together\n" + USAGE);
    }
    return new Options(mode, graph, nodes, only, tools, out, threads);
  }

  private static int positive(String option, String text) {
    if (!text.matches("0*[1-9][0-9]{0,8}")) {
      throw new UsageException(
          option + ": expected a whole number from 1 to 999999999, found '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static Set<Tool> tools(String text) {
    Set<Tool> tools = EnumSet.noneOf(Tool.class);
    for (String id : text.split(",", -1)) {
      tools.add(
          Arrays.stream(Tool.values())
              .filter(t -> t.id.equals(id))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--tools: '" + id + "' is none of relata,c++,dgl-loops,pytorch,nd4j")));
    }
    return tools;
  }

  /**
   * Who competes in the n-th process of a group, from 1. PyTorch and ND4J take many times as long
   * as the others, so a second opinion on them would cost more than it tells.
   */
  Set<Tool> tools(int process) {
    Set<Tool> competing = EnumSet.of(Tool.RELATA);
    competing.addAll(tools);
    if (process > 1) {
      competing.removeAll(EnumSet.of(Tool.PYTORCH, Tool.ND4J));
    }
    return competing;
  }

  /** Whether a group is asked for. */
  boolean wants(String group) {
    return only.isEmpty() || only.stream().anyMatch(group::contains);
  }
}
