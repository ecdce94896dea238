package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.cuda.KnownIntegers.Range;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.Storage;
import io.relata.spi.UnaryOp;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Bounds that the host knows hold for every element, and what is not known is said not to be. */
class KnownIntegersTest {
  private final KnownIntegers known = new KnownIntegers();

  private static final class Block extends Storage {
    @Override
    public long address() {
      throw new AssertionError("nothing is looked at");
    }

    @Override
    public long bytes() {
      return 800;
    }
  }

  private static Array array(DType type, long n) {
    return new Array(new Block(), 0, type, Shape.of(n));
  }

  private static Array part(Array of, long first, long n) {
    return new Array(of.storage(), first * of.dtype().bytes(), of.dtype(), Shape.of(n));
  }

  private Array copied(int... values) {
    Array a = array(DType.INT32, values.length);
    known.copied(MemorySegment.ofArray(values), a);
    return a;
  }

  private Array copied(long... values) {
    Array a = array(DType.INT64, values.length);
    known.copied(MemorySegment.ofArray(values), a);
    return a;
  }

  @Test
  void copiesAreLookedAtUnlessTheyAreLarge() {
    assertThat(known.of(copied(3, -7, 5))).isEqualTo(new Range(-7, 5));
    assertThat(known.of(copied(3L << 40, 9))).isEqualTo(new Range(9, 3L << 40));
    assertThat(known.of(copied(new int[KnownIntegers.MOST_COPIED]))).isEqualTo(new Range(0, 0));
    assertThat(known.of(copied(new int[KnownIntegers.MOST_COPIED + 1]))).isNull();
    Array floats = array(DType.FLOAT32, 3);
    known.copied(MemorySegment.ofArray(new float[3]), floats);
    assertThat(known.of(floats)).isNull();
  }

  @Test
  void aPartIsKnownByItsWholeAndNotTheOtherWayRound() {
    Array a = copied(1, 2, 3, 4);
    assertThat(known.of(part(a, 1, 2))).isEqualTo(new Range(1, 4));
    Array b = array(DType.INT32, 4);
    known.filled(part(b, 0, 2), 6);
    assertThat(known.of(part(b, 0, 2))).isEqualTo(new Range(6, 6));
    assertThat(known.of(b)).isNull();
  }

  @Test
  void aWriteIntoAPartWidensTheWholeOrMakesItUnknown() {
    Array a = copied(1, 2, 3, 4);
    known.filled(part(a, 1, 2), 90);
    assertThat(known.of(a)).isEqualTo(new Range(1, 90));
    known.filled(a, 5);
    assertThat(known.of(a)).isEqualTo(new Range(5, 5));
    known.wrote(part(a, 3, 1));
    assertThat(known.of(a)).isNull();
    assertThat(known.of(part(a, 0, 1))).isNull();
  }

  @Test
  void aWriteBesideAKnownPartSaysNothingOfWhatLiesBetween() {
    Array a = array(DType.INT64, 10);
    known.filled(part(a, 0, 2), 1);
    known.wrote(part(a, 5, 2));
    assertThat(known.of(part(a, 0, 2))).isEqualTo(new Range(1, 1));
    known.filled(part(a, 1, 3), 2);
    assertThat(known.of(part(a, 0, 4))).isNull();
    assertThat(known.of(part(a, 1, 3))).isEqualTo(new Range(2, 2));
  }

  @Test
  void constantsAndRangesAreKnownWhereTheyAreWhole() {
    Array a = array(DType.INT64, 5);
    known.counted(a, 10, -3);
    assertThat(known.of(a)).isEqualTo(new Range(-2, 10));
    known.counted(a, 0.5, 1);
    assertThat(known.of(a)).isNull();
    known.filled(a, 1e18);
    assertThat(known.of(a)).isNull();
    known.filled(a, Double.NaN);
    assertThat(known.of(a)).isNull();
  }

  @Test
  void whatDoesNotFitTheTypeIsNotKnown() {
    Array narrow = array(DType.INT32, 2);
    known.cast(copied(1L, 5L), narrow);
    assertThat(known.of(narrow)).isEqualTo(new Range(1, 5));
    known.cast(copied(1L, 5L << 32), narrow);
    assertThat(known.of(narrow)).isNull();
    Array x = copied(Integer.MAX_VALUE, 0);
    known.unary(UnaryOp.AFFINE, x, 1, 1, narrow);
    assertThat(known.of(narrow)).as("it wraps around").isNull();
    Array wide = array(DType.INT64, 2);
    known.binary(BinaryOp.ADD, copied(Long.MAX_VALUE, 0), copied(1L, 0L), wide);
    assertThat(known.of(wide)).isNull();
    known.unary(UnaryOp.AFFINE, copied(3L, 4L), 0.5, 0, wide);
    assertThat(known.of(wide)).isNull();
    known.cast(array(DType.FLOAT32, 2), wide);
    assertThat(known.of(wide)).isNull();
  }

  @Test
  void arithmeticOfBoundsHoldsForEveryElement() {
    SplittableRandom random = new SplittableRandom(4);
    Array out = array(DType.INT64, 1);
    for (int round = 0; round < 2_000; round++) {
      long[] x = random.longs(3, -20, 20).toArray();
      long[] y = random.longs(3, -20, 20).toArray();
      Array ax = copied(x);
      Array ay = copied(y);
      long a = random.nextLong(-5, 6);
      long b = random.nextLong(-5, 6);
      for (int i = 0; i < 9; i++) {
        long u = x[i % 3];
        long v = y[i / 3];
        known.binary(BinaryOp.ADD, ax, ay, out);
        assertHas(out, u + v);
        known.binary(BinaryOp.SUB, ax, ay, out);
        assertHas(out, u - v);
        known.binary(BinaryOp.MUL, ax, ay, out);
        assertHas(out, u * v);
        known.binary(BinaryOp.MIN, ax, ay, out);
        assertHas(out, Math.min(u, v));
        known.unary(UnaryOp.AFFINE, ax, a, b, out);
        assertHas(out, a * u + b);
        known.picked(ax, ay, out);
        assertHas(out, u);
        assertHas(out, v);
      }
    }
  }

  private void assertHas(Array out, long value) {
    assertThat(known.of(out).within(Long.MIN_VALUE, value - 1)).isFalse();
    assertThat(known.of(out).within(value + 1, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void everyWayToWriteIntegersKeepsTheCheckRight() {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    try (Relata relata = Relata.open(ShimModule.ID)) {
      Tensor x = relata.arange(0, 10, DType.FLOAT32);
      Tensor good = relata.tensor(new long[] {0, 9, 4});
      assertThat(x.indexSelect(0, good).toFloatArray()).containsExactly(0, 9, 4);
      assertOutside(x, good.add(1), "1", "10");
      assertOutside(x, good.sub(relata.tensor(new long[] {0, 0, 5})), "2", "-1");
      assertOutside(x, good.mul(2), "1", "18");
      assertOutside(x, Tensor.concat(0, good, relata.tensor(new long[] {11})), "3", "11");
      assertOutside(x, good.to(DType.FLOAT32).mul(2).to(DType.INT32), "1", "18");
      Tensor table = relata.tensor(new int[] {5, 50, 3});
      assertOutside(x, table.indexSelect(0, relata.tensor(new int[] {2, 1})), "1", "50");
      assertThat(x.indexSelect(0, table.slice(0, 2, 3)).toFloatArray()).containsExactly(3);
      assertOutside(x, table.slice(0, 1, 2), "0", "50");
      // Written to once it was found good.
      assertThat(x.indexSelect(0, good).toFloatArray()).containsExactly(0, 9, 4);
      relata.backend().dense().fill(good.array(), 12);
      assertOutside(x, good, "0", "12");
      relata
          .backend()
          .dense()
          .axpy(1, relata.tensor(new long[] {-9, -12, -11}).array(), good.array());
      assertThat(x.indexSelect(0, good).toFloatArray()).containsExactly(3, 0, 1);
    }
  }

  private static void assertOutside(Tensor x, Tensor index, String position, String found) {
    assertThatThrownBy(() -> x.indexSelect(0, index))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INDEX))
        .hasMessageContaining("position " + position)
        .hasMessageContaining(found);
  }
}
