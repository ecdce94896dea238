package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.cpu.graph.HeavyRows.Part;
import io.relata.spi.DeviceMemory;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import java.util.List;

/**
 * The heavy rows of a sparse product: the loops of whole rows reduce each part by itself, into a
 * row of memory of its own, then a row's parts are merged in their order. Sums of parts are added
 * in double and rounded once. Allocates a row of the result for each part, until it is closed.
 */
final class PartialRows implements AutoCloseable {
  private final SpmmCall call;
  private final List<Part> parts;
  private final RowTask task;
  private final RowPasses passes;
  private final DeviceMemory memory;
  private final DType dtype;
  private final int size;
  private final long bytes;
  private final long results;
  private final long winners;

  /**
   * Parts nobody has reduced yet.
   *
   * @param task of the whole call
   * @param passes loops that replace the result by the sum, the largest or the smallest
   */
  PartialRows(SpmmCall call, HeavyRows heavy, RowTask task, RowPasses passes, DeviceMemory memory) {
    this.call = call;
    this.parts = heavy.parts();
    this.task = task;
    this.passes = passes;
    this.memory = memory;
    this.dtype = call.dtype();
    this.size = task.outSize();
    long elements = (long) parts.size() * size;
    this.bytes = elements * (dtype.bytes() + (call.winners() == null ? 0 : 4));
    this.results = memory.allocate(bytes);
    this.winners = call.winners() == null ? 0 : results + elements * dtype.bytes();
  }

  /** One pass over a part. */
  void reduce(int pass, int number) {
    Part part = parts.get(number);
    long shift = ((long) number - part.row()) * size;
    long out = results + shift * dtype.bytes();
    RowTask own = part.of(task, out, winners == 0 ? 0 : winners + 4 * shift);
    passes.pass(own, pass, part.row(), part.row() + 1);
  }

  /** Writes the heavy rows of the result, or adds to them. */
  void merge() {
    int end;
    for (int first = 0; first < parts.size(); first = end) {
      int row = parts.get(first).row();
      end = first + 1;
      while (end < parts.size() && parts.get(end).row() == row) {
        end++;
      }
      int degree = parts.get(end - 1).end() - parts.get(first).begin();
      for (int o = 0; o < size; o++) {
        long at = (long) row * size + o;
        switch (call.reducer()) {
          case SUM -> add(at, sum(first, end, o));
          case MEAN -> add(at, sum(first, end, o) / degree);
          case MAX, MIN -> best(at, first, end, o);
        }
      }
    }
  }

  private double sum(int first, int end, int o) {
    double sum = 0;
    for (int p = first; p < end; p++) {
      sum += result(p, o);
    }
    return sum;
  }

  private void add(long at, double x) {
    long out = task.out() + at * dtype.bytes();
    double rounded = PlainMessage.round(dtype, x);
    double before = call.accumulate() ? PlainMessage.read(dtype, out) : 0;
    PlainMessage.write(dtype, out, call.accumulate() ? before + rounded : rounded);
  }

  private void best(long at, int first, int end, int o) {
    boolean max = call.reducer() == Reducer.MAX;
    int best = first;
    for (int p = first + 1; p < end; p++) {
      if (PlainMessage.wins(max, result(p, o), result(best, o))) {
        best = p;
      }
    }
    PlainMessage.write(dtype, task.out() + at * dtype.bytes(), result(best, o));
    if (winners != 0) {
      Native.putInt(task.winners() + 4 * at, Native.getInt(winners + 4 * ((long) best * size + o)));
    }
  }

  private double result(int part, int o) {
    return PlainMessage.read(dtype, results + ((long) part * size + o) * dtype.bytes());
  }

  @Override
  public void close() {
    memory.release(results, bytes);
  }
}
