package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of a dot product per edge and head of the source's row with the row's own, FLOAT32, for
 * heads whose width is a power of two and rows of at most eight whole vectors; the own row stays in
 * registers. Products of two vectors are folded into one, lane distance by lane distance, so all
 * heads are summed at once and stored at once. The order of a sum is that of a balanced tree.
 * Allocates nothing.
 */
final class VectorHeadDot implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final boolean SOURCE_LEFT = SPEC.lhs() == Target.U;
  private static final boolean IDENTITY = SPEC.identity();
  private static final int N = SPEC.lanes().vectors();

  /** Vectors a head, or heads a vector. */
  private static final int SHARE = SPEC.lanes().share();

  private static final int SPREAD = SPEC.lanes().spread();

  /** Vectors left when those of one head are added, and lanes a head in them. */
  private static final int M = N / SHARE;

  private static final int WIDTH = LENGTH / SPREAD;
  private static final int HEADS = M * SPREAD;
  private static final long BYTES = 4L * LENGTH;

  /** Lanes whose number has the bit of a level of the tree, and exchange of lanes across it. */
  private static final VectorMask<Float> HAS_A = lanes(WIDTH / 2);

  private static final VectorMask<Float> HAS_B = lanes(WIDTH / 4);
  private static final VectorMask<Float> HAS_C = lanes(WIDTH / 8);
  private static final VectorShuffle<Float> ACROSS_A = across(WIDTH / 2);
  private static final VectorShuffle<Float> ACROSS_B = across(WIDTH / 4);
  private static final VectorShuffle<Float> ACROSS_C = across(WIDTH / 8);
  private static final VectorShuffle<Float> ACROSS_D = across(WIDTH / 16);

  /** Where the folding leaves each head, and the lanes stored. */
  private static final VectorShuffle<Float> IN_ORDER = inOrder();

  private static final VectorMask<Float> STORED = SPECIES.indexInRange(0, HEADS);

  private static VectorMask<Float> lanes(int bit) {
    long bits =
        IntStream.range(0, LENGTH).filter(i -> (i & bit) != 0).mapToLong(i -> 1L << i).sum();
    return VectorMask.fromLong(SPECIES, bits);
  }

  private static VectorShuffle<Float> across(int bit) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ bit) % LENGTH);
  }

  /** Folds numbers of heads instead of products. */
  private static VectorShuffle<Float> inOrder() {
    int[][] heads = new int[M][LENGTH];
    for (int i = 0; i < M * LENGTH; i++) {
      heads[i / LENGTH][i % LENGTH] = i / WIDTH;
    }
    for (int d = WIDTH / 2; d > 0; d /= 2) {
      int[][] half = new int[(heads.length + 1) / 2][LENGTH];
      for (int k = 0; k < half.length; k++) {
        for (int i = 0; i < LENGTH; i++) {
          boolean second = (i & d) != 0 && 2 * k + 1 < heads.length;
          half[k][i] = heads[second ? 2 * k + 1 : 2 * k][i];
        }
      }
      heads = half;
    }
    int[] found = heads[0];
    return VectorShuffle.fromOp(
        SPECIES, h -> IntStream.range(0, LENGTH).filter(i -> found[i] == h).findFirst().orElse(0));
  }

  @Override
  public void run(RowTask t, int column, int from, int to) {
    long rowBytes = 4L * t.lhsSize();
    long rows = SOURCE_LEFT ? t.lhs() : t.rhs();
    long own = SOURCE_LEFT ? t.rhs() : t.lhs();
    long toEdgeId = t.edgeIds() - t.columns();
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long y = address(own + v * rowBytes);
      FloatVector y0 = FloatVector.fromMemorySegment(SPECIES, ALL, y, ORDER);
      FloatVector y1 =
          N > 1 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 1 * BYTES, ORDER) : y0;
      FloatVector y2 =
          N > 2 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 2 * BYTES, ORDER) : y0;
      FloatVector y3 =
          N > 3 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 3 * BYTES, ORDER) : y0;
      FloatVector y4 =
          N > 4 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 4 * BYTES, ORDER) : y0;
      FloatVector y5 =
          N > 5 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 5 * BYTES, ORDER) : y0;
      FloatVector y6 =
          N > 6 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 6 * BYTES, ORDER) : y0;
      FloatVector y7 =
          N > 7 ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 7 * BYTES, ORDER) : y0;
      long slot = t.columns() + 4L * begin;
      long stop = t.columns() + 4L * end;
      long out = t.out() + 4L * begin * HEADS;
      begin = end;
      while (slot != stop) {
        long x = address(rows + getInt(address(slot)) * rowBytes);
        long at = address(IDENTITY ? out : t.out() + 4L * getInt(address(slot + toEdgeId)) * HEADS);
        out += 4L * HEADS;
        slot += 4;
        FloatVector p0 = FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER).mul(y0);
        FloatVector p1 =
            N > 1 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER).mul(y1) : p0;
        FloatVector p2 =
            N > 2 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER).mul(y2) : p0;
        FloatVector p3 =
            N > 3 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER).mul(y3) : p0;
        FloatVector p4 =
            N > 4 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER).mul(y4) : p0;
        FloatVector p5 =
            N > 5 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER).mul(y5) : p0;
        FloatVector p6 =
            N > 6 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER).mul(y6) : p0;
        FloatVector p7 =
            N > 7 ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER).mul(y7) : p0;
        // Heads wider than a vector: their vectors are added first.
        if (SHARE >= 2) {
          p0 = p0.add(p1);
          p1 = p2.add(p3);
          p2 = p4.add(p5);
          p3 = p6.add(p7);
        }
        if (SHARE >= 4) {
          p0 = p0.add(p1);
          p1 = p2.add(p3);
        }
        if (SHARE >= 8) {
          p0 = p0.add(p1);
        }
        if (WIDTH >= 2) {
          p0 =
              M > 1
                  ? p0.blend(p1, HAS_A).add(p1.blend(p0, HAS_A).rearrange(ACROSS_A))
                  : p0.add(p0.rearrange(ACROSS_A));
          p1 =
              M > 3
                  ? p2.blend(p3, HAS_A).add(p3.blend(p2, HAS_A).rearrange(ACROSS_A))
                  : p2.add(p2.rearrange(ACROSS_A));
          p2 =
              M > 5
                  ? p4.blend(p5, HAS_A).add(p5.blend(p4, HAS_A).rearrange(ACROSS_A))
                  : p4.add(p4.rearrange(ACROSS_A));
          p3 =
              M > 7
                  ? p6.blend(p7, HAS_A).add(p7.blend(p6, HAS_A).rearrange(ACROSS_A))
                  : p6.add(p6.rearrange(ACROSS_A));
        }
        if (WIDTH >= 4) {
          p0 =
              M > 2
                  ? p0.blend(p1, HAS_B).add(p1.blend(p0, HAS_B).rearrange(ACROSS_B))
                  : p0.add(p0.rearrange(ACROSS_B));
          p1 =
              M > 6
                  ? p2.blend(p3, HAS_B).add(p3.blend(p2, HAS_B).rearrange(ACROSS_B))
                  : p2.add(p2.rearrange(ACROSS_B));
        }
        if (WIDTH >= 8) {
          p0 =
              M > 4
                  ? p0.blend(p1, HAS_C).add(p1.blend(p0, HAS_C).rearrange(ACROSS_C))
                  : p0.add(p0.rearrange(ACROSS_C));
        }
        if (WIDTH >= 16) {
          p0 = p0.add(p0.rearrange(ACROSS_D));
        }
        p0.rearrange(IN_ORDER).intoMemorySegment(ALL, at, ORDER, STORED);
      }
    }
  }
}
