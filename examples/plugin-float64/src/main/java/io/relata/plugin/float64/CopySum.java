package io.relata.plugin.float64;

import io.relata.spi.Backend;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.SpmmKernel;
import io.relata.spi.Target;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sum or mean of the FLOAT64 rows of a row's edges, in vectors. Allocates nothing. Every number is
 * summed on its own in the order of edge ids, so the bits are those of the backend's kernel,
 * whatever the number of threads. Narrow rows go to the backend.
 */
final class CopySum implements SpmmKernel {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** All of native memory: a kernel gets addresses, whose bounds the runtime has checked. */
  @SuppressWarnings("restricted")
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Rows below this width are not worth a vector; measured with {@code CopySumBenchmark}. */
  private static final int NARROWEST = 3;

  private final Backend backend;

  CopySum(Backend backend) {
    this.backend = backend;
  }

  /**
   * Addresses of one call.
   *
   * @param rowIds which row of x an edge slot reads; 0 where slot and row are the same
   */
  private record Task(
      long offsets, long rowIds, long x, long out, int width, boolean mean, boolean accumulate) {}

  @Override
  public void run(SpmmCall call) {
    RowIndex index = call.index();
    int width = call.plan().outSize();
    if (width < NARROWEST || index.numRows() == 0) {
      backend.graph().spmm(call);
      return;
    }
    long rowIds =
        call.lhs().target() == Target.U
            ? index.columns().address()
            : index.edgeIds() == null ? 0 : index.edgeIds().address();
    Task task =
        new Task(
            index.offsets().address(),
            rowIds,
            call.lhs().data().address(),
            call.out().address(),
            width,
            call.reducer() == Reducer.MEAN,
            call.accumulate());
    int[] blocks = index.blocks();
    backend.forEach(index.numBlocks(), b -> rows(task, blocks[b], blocks[b + 1]));
    // The storages must outlive the use of their addresses.
    Reference.reachabilityFence(call);
  }

  private static void rows(Task t, int from, int to) {
    int tail = t.width - t.width % LANES;
    VectorMask<Double> mask = SPECIES.indexInRange(tail, t.width);
    for (int v = from; v < to; v++) {
      int begin = MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, t.offsets + 4L * v);
      int end = MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, t.offsets + 4L * v + 4);
      int c = 0;
      for (; c + 4 * LANES <= t.width; c += 4 * LANES) {
        four(t, v, begin, end, c);
      }
      for (; c < tail; c += LANES) {
        one(t, v, begin, end, c);
      }
      if (tail < t.width) {
        some(t, v, begin, end, c, mask);
      }
    }
  }

  /** Address of column c of the row that an edge slot reads. */
  private static long at(Task t, int slot, int c) {
    long row =
        t.rowIds == 0 ? slot : MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, t.rowIds + 4L * slot);
    return t.x + (row * t.width + c) * Double.BYTES;
  }

  private static DoubleVector load(long address) {
    return DoubleVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER);
  }

  private static void four(Task t, int v, int begin, int end, int c) {
    DoubleVector a0 = DoubleVector.zero(SPECIES);
    DoubleVector a1 = a0;
    DoubleVector a2 = a0;
    DoubleVector a3 = a0;
    for (int i = begin; i < end; i++) {
      long x = at(t, i, c);
      a0 = a0.add(load(x));
      a1 = a1.add(load(x + 8L * LANES));
      a2 = a2.add(load(x + 16L * LANES));
      a3 = a3.add(load(x + 24L * LANES));
    }
    finish(t, v, end - begin, c, a0);
    finish(t, v, end - begin, c + LANES, a1);
    finish(t, v, end - begin, c + 2 * LANES, a2);
    finish(t, v, end - begin, c + 3 * LANES, a3);
  }

  private static void one(Task t, int v, int begin, int end, int c) {
    DoubleVector a = DoubleVector.zero(SPECIES);
    for (int i = begin; i < end; i++) {
      a = a.add(load(at(t, i, c)));
    }
    finish(t, v, end - begin, c, a);
  }

  private static void finish(Task t, int v, int degree, int c, DoubleVector sum) {
    long out = t.out + ((long) v * t.width + c) * Double.BYTES;
    DoubleVector x = t.mean && degree > 0 ? sum.div(degree) : sum;
    (t.accumulate ? load(out).add(x) : x).intoMemorySegment(MEMORY, out, ORDER);
  }

  /** The columns that do not fill a vector. */
  private static void some(Task t, int v, int begin, int end, int c, VectorMask<Double> mask) {
    DoubleVector a = DoubleVector.zero(SPECIES);
    for (int i = begin; i < end; i++) {
      a = a.add(load(at(t, i, c), mask));
    }
    long out = t.out + ((long) v * t.width + c) * Double.BYTES;
    DoubleVector x = t.mean && end > begin ? a.div(end - begin) : a;
    (t.accumulate ? load(out, mask).add(x) : x).intoMemorySegment(MEMORY, out, ORDER, mask);
  }

  private static DoubleVector load(long address, VectorMask<Double> mask) {
    return DoubleVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER, mask);
  }
}
