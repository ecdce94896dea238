package io.relata.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times tools by turns in one process, so that whatever else the machine does meets all of them
 * alike. Each way runs once to be probed and compared with Relata's result; a way that fails, that
 * computes something else, or that is not the fastest of its tool leaves. Then all warm up, and
 * take turns until the time is over: a turn is one run untimed, which brings back caches and
 * threads, and some that are timed.
 */
final class Contest {
  /**
   * What came out for one tool.
   *
   * @param tool whose time it is
   * @param median over all timed runs, ms
   * @param min the fastest, ms
   */
  record Result(Tool tool, double median, double min) {}

  /** A run that takes longer than this, in ms, is not repeated inside a turn. */
  private static final double LONG = 40;

  /**
   * A peer's way that takes longer than this, in ms, is timed once, after the run that probes it.
   */
  private static final double ENDLESS = 5000;

  /** Relata runs this often before it is timed, unless that takes longer than the next factor. */
  private static final int WARM_UP_RUNS = 30;

  /** How many times its time the warm-up may take for the sake of runs. */
  private static final double PATIENCE = 10;

  private static final double TOLERANCE = 2e-3;

  private final PrintStream log;
  private final double warmUpMs;
  private final double timedMs;
  private final int turns;
  private final double veryLong;

  /**
   * A contest.
   *
   * @param warmUpMs time that Relata runs before anything is timed
   * @param timedMs time for the turns of all tools together
   * @param turns turns at least
   * @param veryLong a way whose run takes longer than this, in ms, has two fifths of the turns
   */
  Contest(PrintStream log, double warmUpMs, double timedMs, int turns, double veryLong) {
    this.log = log;
    this.warmUpMs = warmUpMs;
    this.timedMs = timedMs;
    this.turns = turns;
    this.veryLong = veryLong;
  }

  /** Runs the ways of a case. */
  List<Result> run(String name, List<Way> ways) {
    Map<Way, List<Double>> times = new LinkedHashMap<>();
    List<Way> chosen = new ArrayList<>();
    probe(name, ways)
        .forEach(
            (way, ms) -> {
              times.put(way, new ArrayList<>());
              if (ms > ENDLESS && way.tool() != Tool.RELATA) {
                // Not the time of its first run, in which TorchScript compiles.
                times.get(way).add(time(way));
              } else {
                chosen.add(way);
              }
            });
    chosen.forEach(this::warmUp);
    long start = System.nanoTime();
    for (int turn = 0; turn < turns || millisSince(start) < timedMs; turn++) {
      boolean any = false;
      for (Way way : chosen) {
        List<Double> mine = times.get(way);
        double usual = mine.isEmpty() ? 0 : mine.getLast();
        if (usual > veryLong && mine.size() >= Math.max(1, turns * 2 / 5)) {
          continue;
        }
        any = true;
        turn(way, usual, mine);
      }
      if (!any) {
        break;
      }
    }
    return times.entrySet().stream().map(e -> result(e.getKey(), e.getValue())).toList();
  }

  private static void turn(Way way, double usual, List<Double> times) {
    int runs = 1;
    if (usual < LONG) {
      way.attempt().run(false);
      runs = (int) Math.clamp(LONG / Math.max(usual, 0.1), 1, 20);
    }
    for (int i = 0; i < runs; i++) {
      times.add(time(way));
    }
  }

  private static Result result(Way way, List<Double> times) {
    double[] all = times.stream().mapToDouble(Double::doubleValue).toArray();
    return new Result(way.tool(), Summary.median(all), Arrays.stream(all).min().orElseThrow());
  }

  /** The ways that stay, with the time of a run in ms. */
  private Map<Way, Double> probe(String name, List<Way> ways) {
    Map<Tool, Way> best = new EnumMap<>(Tool.class);
    Map<Tool, Double> bestMs = new EnumMap<>(Tool.class);
    Map<Tool, StringBuilder> all = new EnumMap<>(Tool.class);
    float[] truth = null;
    for (Way way : ways) {
      String what = name + ": " + way.tool().id + " by " + way.name();
      try {
        long start = System.nanoTime();
        float[] mine = way.attempt().run(true);
        double first = millisSince(start);
        if (truth == null) {
          truth = mine;
        } else if (mine != null) {
          String difference = difference(truth, mine);
          if (difference != null) {
            log.println(what + " computes something else and is left out: " + difference);
            continue;
          }
        }
        // Relata's first run is mostly the interpreter's.
        double ms = first > 2 * veryLong && way.tool() != Tool.RELATA ? first : time(way);
        all.computeIfAbsent(way.tool(), _ -> new StringBuilder())
            .append(String.format(Locale.ROOT, ", %s %.1f", way.name(), ms));
        if (ms < bestMs.getOrDefault(way.tool(), Double.POSITIVE_INFINITY)) {
          best.put(way.tool(), way);
          bestMs.put(way.tool(), ms);
        }
      } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
        if (way.tool() == Tool.RELATA) {
          throw e;
        }
        log.println(what + " does not work and is left out: " + reason(e));
      }
    }
    all.forEach(
        (tool, tried) -> {
          if (tried.indexOf(",", 2) > 0) {
            log.println(
                name + ": " + tool.id + " by " + best.get(tool).name() + " (ms" + tried + ")");
          }
        });
    Map<Way, Double> stay = new LinkedHashMap<>();
    best.forEach((tool, way) -> stay.put(way, bestMs.get(tool)));
    return stay;
  }

  /** Java needs it for its compiler, the others for their buffers. */
  private void warmUp(Way way) {
    long start = System.nanoTime();
    boolean java = way.tool() == Tool.RELATA;
    double most = java ? warmUpMs : warmUpMs / 5;
    int least = java ? WARM_UP_RUNS : 0;
    int run = 0;
    while (millisSince(start) < (run < least ? PATIENCE * most : most)) {
      way.attempt().run(false);
      run++;
    }
  }

  /** The line of an error that names its cause. */
  private static String reason(Throwable e) {
    String[] lines = String.valueOf(e.getMessage()).strip().split("\n", -1);
    String last = lines[lines.length - 1].strip();
    return last.isEmpty() ? e.toString() : last;
  }

  /** Where and how two results differ, or null where they do not. */
  static String difference(float[] expected, float[] found) {
    if (expected == null) {
      return null;
    }
    if (expected.length != found.length) {
      return "expected " + expected.length + " numbers, found " + found.length;
    }
    double scale = 0;
    for (float x : expected) {
      scale = Math.max(scale, Math.abs(x));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - found[i]) <= TOLERANCE * scale)) {
        return "expected " + expected[i] + " at " + i + ", found " + found[i];
      }
    }
    return null;
  }

  private static double time(Way way) {
    long start = System.nanoTime();
    way.attempt().run(false);
    return millisSince(start);
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
