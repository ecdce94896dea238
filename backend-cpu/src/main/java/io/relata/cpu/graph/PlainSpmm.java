package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;

/**
 * Template of the sparse product without vectors, for every message, reducer, layout and floating
 * type. Allocates nothing; four outputs of a row are held in locals over all its edges, summed in
 * the order of edge ids. FLOAT32 is computed in double and rounded after each operation, which for
 * + - * / gives the same bits as float arithmetic (Figueroa, When is double rounding innocuous?,
 * 1995).
 */
final class PlainSpmm implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final Layout LAYOUT = SPEC.layout();
  private static final boolean BINARY = OP != MessageOp.COPY;
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();
  private static final boolean MEAN = SPEC.reducer() == Reducer.MEAN;
  private static final boolean MAX = SPEC.reducer() == Reducer.MAX;
  private static final boolean SUMS = SPEC.reducer() == Reducer.SUM || MEAN;
  private static final boolean ACCUMULATE = SPEC.accumulate();
  private static final boolean COLUMN = SPEC.needsColumn();
  private static final boolean EDGE = SPEC.needsEdgeId();
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean WINNERS = SPEC.winners();
  private static final double START =
      SUMS ? 0 : MAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;

  @Override
  public void run(RowTask t, int column, int from, int to) {
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      if (ACCUMULATE && begin == end) {
        continue;
      }
      int o = 0;
      for (; o + 4 <= t.outSize(); o += 4) {
        four(t, v, begin, end, o);
      }
      for (; o < t.outSize(); o++) {
        one(t, v, begin, end, o);
      }
    }
  }

  private static void four(RowTask t, int v, int begin, int end, int o) {
    double a0 = START;
    double a1 = START;
    double a2 = START;
    double a3 = START;
    // Where all messages equal START the first edge has won.
    int w0 = WINNERS && begin < end ? edge(t, begin) : -1;
    int w1 = w0;
    int w2 = w0;
    int w3 = w0;
    for (int i = begin; i < end; i++) {
      int u = COLUMN ? getInt(t.columns() + 4L * i) : 0;
      int edge = EDGE ? edge(t, i) : 0;
      long l = EdgeAccess.row(LHS, t.lhs(), (long) t.lhsSize() * BYTES, v, u, edge);
      long r = BINARY ? EdgeAccess.row(RHS, t.rhs(), (long) t.rhsSize() * BYTES, v, u, edge) : 0;
      if (SUMS) {
        a0 = PlainMessage.addTo(a0, OP, LAYOUT, TYPE, t, l, r, o);
        a1 = PlainMessage.addTo(a1, OP, LAYOUT, TYPE, t, l, r, o + 1);
        a2 = PlainMessage.addTo(a2, OP, LAYOUT, TYPE, t, l, r, o + 2);
        a3 = PlainMessage.addTo(a3, OP, LAYOUT, TYPE, t, l, r, o + 3);
      } else {
        double m0 = PlainMessage.of(OP, LAYOUT, TYPE, t, l, r, o);
        double m1 = PlainMessage.of(OP, LAYOUT, TYPE, t, l, r, o + 1);
        double m2 = PlainMessage.of(OP, LAYOUT, TYPE, t, l, r, o + 2);
        double m3 = PlainMessage.of(OP, LAYOUT, TYPE, t, l, r, o + 3);
        if (PlainMessage.wins(MAX, m0, a0)) {
          a0 = m0;
          w0 = edge;
        }
        if (PlainMessage.wins(MAX, m1, a1)) {
          a1 = m1;
          w1 = edge;
        }
        if (PlainMessage.wins(MAX, m2, a2)) {
          a2 = m2;
          w2 = edge;
        }
        if (PlainMessage.wins(MAX, m3, a3)) {
          a3 = m3;
          w3 = edge;
        }
      }
    }
    int degree = end - begin;
    finish(t, v, o, degree, a0, w0);
    finish(t, v, o + 1, degree, a1, w1);
    finish(t, v, o + 2, degree, a2, w2);
    finish(t, v, o + 3, degree, a3, w3);
  }

  private static void one(RowTask t, int v, int begin, int end, int o) {
    double a = START;
    int w = WINNERS && begin < end ? edge(t, begin) : -1;
    for (int i = begin; i < end; i++) {
      int u = COLUMN ? getInt(t.columns() + 4L * i) : 0;
      int edge = EDGE ? edge(t, i) : 0;
      long l = EdgeAccess.row(LHS, t.lhs(), (long) t.lhsSize() * BYTES, v, u, edge);
      long r = BINARY ? EdgeAccess.row(RHS, t.rhs(), (long) t.rhsSize() * BYTES, v, u, edge) : 0;
      if (SUMS) {
        a = PlainMessage.addTo(a, OP, LAYOUT, TYPE, t, l, r, o);
        continue;
      }
      double m = PlainMessage.of(OP, LAYOUT, TYPE, t, l, r, o);
      if (PlainMessage.wins(MAX, m, a)) {
        a = m;
        w = edge;
      }
    }
    finish(t, v, o, end - begin, a, w);
  }

  private static int edge(RowTask t, int slot) {
    return IDENTITY ? slot : getInt(t.edgeIds() + 4L * slot);
  }

  private static void finish(RowTask t, int v, int o, int degree, double value, int winner) {
    long at = (long) v * t.outSize() + o;
    double x = degree == 0 ? 0 : MEAN ? PlainMessage.round(TYPE, value / degree) : value;
    PlainMessage.write(
        TYPE,
        t.out() + at * BYTES,
        ACCUMULATE ? PlainMessage.read(TYPE, t.out() + at * BYTES) + x : x);
    if (WINNERS) {
      putInt(t.winners() + at * 4, winner);
    }
  }
}
