package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.spi.Array;
import io.relata.spi.Operand;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.Storage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Many sparse products in one parallel region. Calls into one result form a group, whose rows are
 * cut together by the summed numbers of edges: a task computes its rows of every relation, in the
 * order of the calls, so that each row is summed as if the calls had run one after the other.
 * Groups of little work share a task. The cuts depend on the graphs alone.
 */
final class SpmmGroups {
  /** Edges and rows a task holds at least, as in a single product. */
  private static final long WORK = 8_192;

  /** Tasks of a group at most. */
  private static final int MOST = 256;

  private SpmmGroups() {}

  /** Some of the work, on one thread. */
  interface Task {
    void run();
  }

  /** Whether no call reads what another writes. */
  static boolean areIndependent(List<SpmmCall> calls) {
    Set<Storage> written = Collections.newSetFromMap(new IdentityHashMap<>());
    for (SpmmCall c : calls) {
      written.add(c.out().storage());
      if (c.winners() != null) {
        written.add(c.winners().storage());
      }
    }
    for (SpmmCall c : calls) {
      if (reads(c.lhs(), written) || reads(c.rhs(), written)) {
        return false;
      }
    }
    return true;
  }

  private static boolean reads(Operand operand, Set<Storage> written) {
    return operand != null && written.contains(operand.data().storage());
  }

  /**
   * Calls into results with heavy rows (true), which go one by one as these are split, and others.
   */
  static Map<Boolean, List<SpmmCall>> byHeavyRows(List<SpmmCall> calls) {
    Set<Place> heavy = new HashSet<>();
    for (SpmmCall c : calls) {
      if (!HeavyRows.of(c).isEmpty()) {
        heavy.add(Place.of(c.out()));
      }
    }
    return heavy.isEmpty()
        ? Map.of(true, List.of(), false, calls)
        : calls.stream().collect(Collectors.partitioningBy(c -> heavy.contains(Place.of(c.out()))));
  }

  /**
   * The tasks of independent calls.
   *
   * @param plan makes a call ready, or gives null where there is nothing to compute
   */
  static List<Task> tasks(List<SpmmCall> calls, Function<SpmmCall, SpmmRun> plan) {
    Map<Place, Group> groups = new LinkedHashMap<>();
    for (SpmmCall c : calls) {
      SpmmRun run = plan.apply(c);
      if (run != null) {
        groups.computeIfAbsent(Place.of(c.out()), _ -> new Group()).add(c.index(), run);
      }
    }
    List<Task> tasks = new ArrayList<>();
    List<Group> small = new ArrayList<>();
    long gathered = 0;
    for (Group g : groups.values()) {
      if (g.work >= 2 * WORK) {
        g.cut(tasks);
        continue;
      }
      small.add(g);
      gathered += g.work;
      if (gathered >= WORK) {
        tasks.add(together(List.copyOf(small)));
        small.clear();
        gathered = 0;
      }
    }
    if (!small.isEmpty()) {
      tasks.add(together(small));
    }
    return tasks;
  }

  private static Task together(List<Group> groups) {
    return () -> groups.forEach(Group::all);
  }

  /** Where a result lies; two of one storage that begin at different places are different. */
  private record Place(Storage storage, long offset) {
    static Place of(Array a) {
      return new Place(a.storage(), a.offset());
    }
  }

  /** Calls into one result. */
  private static final class Group {
    private final List<SpmmRun> runs = new ArrayList<>();
    private int rows;
    private long work;

    void add(RowIndex index, SpmmRun run) {
      runs.add(run);
      rows = index.numRows();
      work += (long) index.numRows() + index.numEdges();
    }

    void all() {
      rows(0, rows);
    }

    private void rows(int from, int to) {
      for (SpmmRun run : runs) {
        run.rows(from, to);
      }
    }

    /** A cut looks at every relation, so many relations get larger tasks. */
    void cut(List<Task> tasks) {
      int count = Math.clamp(work / Math.max(WORK, 32L * runs.size()), 1, MOST);
      int from = 0;
      for (int b = 1; b <= count; b++) {
        int start = from;
        int end = b == count ? rows : firstRow(work * b / count, from);
        if (end > start) {
          tasks.add(() -> rows(start, end));
        }
        from = end;
      }
    }

    /** The first row before which there is at least this much work. */
    private int firstRow(long wanted, int from) {
      int low = from;
      int high = rows;
      while (low < high) {
        int row = (low + high) >>> 1;
        long before = (long) row * runs.size();
        for (SpmmRun run : runs) {
          before += Native.getInt(run.task().offsets() + 4L * row);
        }
        if (before < wanted) {
          low = row + 1;
        } else {
          high = row;
        }
      }
      return low;
    }
  }
}
