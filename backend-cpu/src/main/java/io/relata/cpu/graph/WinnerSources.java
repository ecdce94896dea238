package io.relata.cpu.graph;

import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getDouble;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.getLong;
import static io.relata.cpu.Native.putDouble;
import static io.relata.cpu.Native.putInt;
import static io.relata.cpu.Native.putLong;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;

/**
 * Template of the gradient of max and min with respect to an operand of the sources: goes through a
 * source's edges and adds up what they won of the outputs that {@link WonOutputs} has marked. Sums
 * in the order of edge ids, then of outputs, pass after pass; an element that one output alone adds
 * to, as where vectors serve, does not notice passes. Takes some edges at a time, in steps: what
 * comes from all over memory is fetched by loops without branches, so that many fetches are under
 * way at once.
 */
final class WinnerSources implements WinnerLoop {
  private static final WinnerSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), WinnerSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean LEFT = SPEC.left();
  private static final boolean IDENTITY = SPEC.identity();
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();

  /** Edges taken at a time, and numbers that they can win. */
  private static final int EDGES = 256;

  private static final int MOST = EDGES * WonOutputs.OUTPUTS;

  @Override
  public void run(WinnerTask t, int column, int from, int to) {
    long rowBytes = rowBytes(t);
    if (column == 0) {
      Native.ALL.asSlice(t.out() + from * rowBytes, (to - from) * rowBytes).fill((byte) 0);
    }
    long bits = RowScratch.block(8L * EDGES + 4L * MOST + 8L * MOST);
    long places = bits + 8L * EDGES;
    long gradients = places + 4L * MOST;
    int stop = getInt(t.offsets() + 4L * to);
    int u = from;
    for (int first = getInt(t.offsets() + 4L * from); first < stop; first += EDGES) {
      int edges = Math.min(EDGES, stop - first);
      fetchBits(t, first, edges, bits);
      int won = list(t, column, first, edges, bits, places, gradients);
      fetchGradients(gradients, won);
      u = add(t, column, first, u, places, gradients, won);
    }
  }

  private static long rowBytes(WinnerTask t) {
    return (long) (LEFT ? t.lhsSize() : t.rhsSize()) * BYTES;
  }

  private static void fetchBits(WinnerTask t, int first, int edges, long bits) {
    long won = t.won();
    long ids = address(t.edgeIds() + 4L * first);
    for (int i = 0; i < edges; i++) {
      int edge = IDENTITY ? first + i : getInt(ids + 4L * i);
      putLong(address(bits + 8L * i), getLong(address(won + 8L * edge)));
    }
  }

  /**
   * For every bit its place, that is its edge among these times {@link WonOutputs#OUTPUTS} plus its
   * output among those, and the address of its gradient; returns how many.
   */
  private static int list(
      WinnerTask t, int column, int first, int edges, long bits, long places, long gradients) {
    long rows = t.gradient() + (long) column * BYTES;
    long rowBytes = (long) t.outSize() * BYTES;
    long columns = address(t.columns() + 4L * first);
    int n = 0;
    for (int i = 0; i < edges; i++) {
      long row = rows + getInt(columns + 4L * i) * rowBytes;
      for (long w = getLong(address(bits + 8L * i)); w != 0; w &= w - 1) {
        int output = Long.numberOfTrailingZeros(w);
        putInt(address(places + 4L * n), i * WonOutputs.OUTPUTS + output);
        putLong(address(gradients + 8L * n), row + (long) output * BYTES);
        n++;
      }
    }
    return n;
  }

  /** Puts the gradients where their addresses stood. */
  private static void fetchGradients(long gradients, int won) {
    for (int n = 0; n < won; n++) {
      long at = address(gradients + 8L * n);
      putDouble(at, PlainMessage.read(TYPE, address(getLong(at))));
    }
  }

  /** Adds to the rows from u on; returns the last one's number. */
  private static int add(
      WinnerTask t, int column, int first, int u, long places, long gradients, int won) {
    PositionTable table = t.table();
    int[] starts = table.starts();
    int[] lhs = table.lhs();
    int[] rhs = table.rhs();
    int source = u;
    int end = getInt(t.offsets() + 4L * source + 4);
    for (int n = 0; n < won; n++) {
      int place = getInt(address(places + 4L * n));
      int slot = first + place / WonOutputs.OUTPUTS;
      int o = column + place % WonOutputs.OUTPUTS;
      while (slot >= end) {
        source++;
        end = getInt(t.offsets() + 4L * source + 4);
      }
      long row = t.out() + source * rowBytes(t);
      int edge = IDENTITY ? slot : getInt(t.edgeIds() + 4L * slot);
      int v = getInt(t.columns() + 4L * slot);
      double g = getDouble(address(gradients + 8L * n));
      for (int p = starts[o]; p < starts[o + 1]; p++) {
        int i = lhs[p];
        int k = rhs[p];
        double d = WinnerDerivative.of(OP, LEFT, LHS, RHS, TYPE, t, g, v, source, edge, i, k);
        long at = address(row + (long) (LEFT ? i : k) * BYTES);
        PlainMessage.write(TYPE, at, PlainMessage.read(TYPE, at) + d);
      }
    }
    return source;
  }
}
