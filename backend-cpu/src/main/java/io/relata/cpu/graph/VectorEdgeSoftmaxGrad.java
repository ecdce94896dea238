package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template of the gradient of {@link VectorEdgeSoftmax}, which it follows in what is gathered and
 * how lanes are folded.
 */
final class VectorEdgeSoftmaxGrad implements RowLoop {
  private static final SoftmaxSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), SoftmaxSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final RowCopy COPY = SPEC.copy();
  private static final int HEADS = SPEC.heads();

  private static final HeadLanes LANES = HeadLanes.of(HEADS);

  /** True where vectors are whole but for the last of a row. */
  private static final boolean WHOLE = LANES.whole();

  private static final long STEP = LANES.step();

  @Override
  public void run(RowTask t, int column, int from, int to) {
    int begin = getInt(t.offsets() + 4L * from);
    if (IDENTITY) {
      long y = t.lhs() + 4L * HEADS * begin;
      rows(t, from, to, y, t.rhs() - t.lhs(), t.out() - t.lhs());
      return;
    }
    while (from < to) {
      int until = RowScratch.chunk(t.offsets(), from, to);
      int end = getInt(t.offsets() + 4L * until);
      long bytes = 4L * HEADS * (end - begin);
      long scratch = RowScratch.block(2 * bytes);
      long ids = t.edgeIds() + 4L * begin;
      COPY.gather(t.lhs(), ids, end - begin, scratch);
      COPY.gather(t.rhs(), ids, end - begin, scratch + bytes);
      rows(t, from, until, scratch, bytes, 0);
      COPY.scatter(scratch, ids, end - begin, t.out());
      from = until;
      begin = end;
    }
  }

  /** Rows whose weights lie one after the other from {@code y} on, gradients and results too. */
  private static void rows(RowTask t, int from, int to, long y, long toGradient, long toOut) {
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long stop = y + 4L * HEADS * (end - begin);
      for (int g = 0; g < HEADS; g += LENGTH) {
        row(g, y + 4L * g, stop, toGradient, toOut);
      }
      y = stop;
      begin = end;
    }
  }

  private static void row(int g, long y, long stop, long toGradient, long toOut) {
    FloatVector sum = FloatVector.zero(SPECIES);
    long p = y;
    for (; WHOLE && p + STEP <= stop; p += STEP) {
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER);
      FloatVector b = FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER);
      sum = sum.add(a.mul(b));
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask = LANES.mask(g, stop - p);
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      FloatVector b =
          FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER, mask);
      sum = sum.add(a.mul(b));
    }
    sum = LANES.sum(sum);
    for (p = y; WHOLE && p + STEP <= stop; p += STEP) {
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER);
      FloatVector b = FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER);
      a.mul(b.sub(sum)).intoMemorySegment(ALL, address(p + toOut), ORDER);
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask = LANES.mask(g, stop - p);
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      FloatVector b =
          FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER, mask);
      a.mul(b.sub(sum)).intoMemorySegment(ALL, address(p + toOut), ORDER, mask);
    }
  }
}
