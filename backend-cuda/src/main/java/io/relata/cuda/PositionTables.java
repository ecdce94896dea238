package io.relata.cuda;

import io.relata.spi.FeaturePlan;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Feature plans turned around, on the device: element c (of the result, or of an operand) takes
 * part in the positions {@code starts[c]} to {@code starts[c + 1]}, in ascending order. The last
 * used are kept.
 */
final class PositionTables {
  private static final int KEPT = 256;

  /** What positions are grouped by. */
  enum By {
    LHS,
    RHS,
    OUT
  }

  /** Addresses on the device. */
  record Table(long starts, long lhs, long rhs, long out, long bytes) {}

  private record Key(FeaturePlan plan, By by) {}

  private final Device device;
  private final Map<Key, Table> tables = new LinkedHashMap<>(16, 0.75f, true);

  PositionTables(Device device) {
    this.device = device;
  }

  /** The table of a plan. */
  synchronized Table get(FeaturePlan plan, By by) {
    Key key = new Key(plan, by);
    Table table = tables.get(key);
    if (table == null) {
      if (tables.size() >= KEPT) {
        Key eldest = tables.keySet().iterator().next();
        release(tables.remove(eldest));
      }
      table = make(plan, by);
      tables.put(key, table);
    }
    return table;
  }

  private Table make(FeaturePlan plan, By by) {
    IntUnaryOperator lhs = plan::lhsOffset;
    IntUnaryOperator rhs = plan.rhsSize() == 0 ? _ -> 0 : plan::rhsOffset;
    IntUnaryOperator out = plan::outOffset;
    IntUnaryOperator group =
        switch (by) {
          case LHS -> lhs;
          case RHS -> rhs;
          case OUT -> out;
        };
    int size =
        switch (by) {
          case LHS -> plan.lhsSize();
          case RHS -> plan.rhsSize();
          case OUT -> plan.outSize();
        };
    int count = plan.count();
    int[] all = new int[size + 1 + 3 * count];
    for (int j = 0; j < count; j++) {
      all[group.applyAsInt(j) + 1]++;
    }
    for (int c = 0; c < size; c++) {
      all[c + 1] += all[c];
    }
    int[] next = Arrays.copyOf(all, size);
    for (int j = 0; j < count; j++) {
      int at = size + 1 + next[group.applyAsInt(j)]++;
      all[at] = lhs.applyAsInt(j);
      all[at + count] = rhs.applyAsInt(j);
      all[at + 2 * count] = out.applyAsInt(j);
    }
    long bytes = 4L * all.length;
    long address = device.memory().allocate(bytes);
    device.copyIn(MemorySegment.ofArray(all), address);
    long first = address + 4L * (size + 1);
    return new Table(address, first, first + 4L * count, first + 8L * count, bytes);
  }

  private void release(Table table) {
    device.memory().release(table.starts, table.bytes);
  }

  /** Frees all tables. */
  synchronized void close() {
    tables.values().forEach(this::release);
    tables.clear();
  }
}
