package io.relata.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Measures Relata beside its peers and what the machine can do, all in one run. Every group of
 * cases has processes of its own, so that no group's history decides what the compiler makes of
 * another's; inside a process the tools take turns.
 */
public final class Yardstick {
  /** Set in the processes that measure: the name of the group. */
  private static final String GROUP = "yardstick.group";

  private Yardstick() {}

  /** Runs; ends with exit code 1 and a message where the user can mend it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int code;
    try {
      Options options = Options.of(args);
      String group = System.getProperty(GROUP);
      code = group == null ? run(options, args, System.out) : measure(options, group, System.out);
    } catch (UsageException e) {
      System.err.println(e.getMessage());
      code = 1;
    }
    // Peers may have left threads behind that are no daemons.
    System.exit(code);
  }

  private static int measure(Options options, String name, PrintStream out) throws IOException {
    Group group =
        Group.of(options).stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
    try (Bench bench = new Bench(options, out)) {
      group.body().accept(bench);
      new Summary(bench.figures()).write(options.out());
    }
    return 0;
  }

  private static int run(Options options, String[] args, PrintStream out)
      throws IOException, InterruptedException {
    if (options.graph() != null) {
      // Refuse a bad file before anything is measured.
      EdgeFile.read(options.graph(), options.nodes());
    }
    List<Group> groups = Group.of(options);
    if (groups.isEmpty()) {
      throw new UsageException("--only " + String.join(",", options.only()) + ": no such group");
    }
    long start = System.nanoTime();
    List<Summary> parts = new ArrayList<>();
    int failures = 0;
    // A round after the other: the processes of a group meet the machine at different times.
    int rounds = options.mode() == Options.Mode.FULL ? Group.FORKS : 1;
    for (int round = 1; round <= rounds; round++) {
      for (Group group : groups) {
        int forks = Math.min(group.forks(), rounds);
        if (round > forks) {
          continue;
        }
        out.printf(Locale.ROOT, "%n== %s, process %d of %d%n", group.name(), round, forks);
        out.flush();
        Summary part = fork(options, group, args, options.tools(round));
        if (part == null) {
          failures++;
        } else {
          parts.add(part);
        }
        // A run that is stopped keeps what it has.
        Summary.merged(parts).write(options.out());
      }
    }
    Summary all = Summary.merged(parts);
    new Report(all, out).print();
    out.printf(
        Locale.ROOT,
        "%n%d figures in %s, %.0f s, %d threads, JDK %s%n",
        all.figures().size(),
        options.out().toAbsolutePath(),
        (System.nanoTime() - start) / 1e9,
        options.threads(),
        Runtime.version());
    if (failures > 0) {
      out.println(failures + " processes failed; their cases are missing.");
    }
    return failures > 0 ? 1 : 0;
  }

  /** Runs a group in a process with this one's flags; null where that failed. */
  private static Summary fork(Options options, Group group, String[] args, Set<Tool> tools)
      throws IOException, InterruptedException {
    Path folder = options.out().toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path part = Files.createTempFile(folder, group.name(), ".json");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(a -> !a.startsWith("-Xmx"))
          .forEach(command::add);
      command.addAll(
          List.of(
              "-Xmx" + group.heap(),
              "-Drelata.threads=" + options.threads(),
              "-D" + GROUP + "=" + group.name(),
              "-cp",
              System.getProperty("java.class.path"),
              Yardstick.class.getName()));
      command.addAll(Arrays.asList(args));
      String competing = tools.stream().map(t -> t.id).collect(Collectors.joining(","));
      command.addAll(List.of("--tools", competing, "--out", part.toString()));
      ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
      Map<String, String> environment = builder.environment();
      // Threads that spin after their work would take the next tool's time.
      environment.put("OMP_WAIT_POLICY", "passive");
      environment.put("OMP_NUM_THREADS", Integer.toString(options.threads()));
      environment.put("DJL_CACHE_DIR", folder.resolve("djl").toString());
      int exit = builder.start().waitFor();
      return exit == 0 ? Summary.read(part) : null;
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
