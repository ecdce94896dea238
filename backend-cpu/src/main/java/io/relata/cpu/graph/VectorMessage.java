package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.spi.MessageOp;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Messages of the vector templates. As in {@link EdgeAccess}, operation, grouping and lanes are
 * constants of the calling copy, and k is a literal there.
 */
final class VectorMessage {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LENGTH = SPECIES.length();
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final VectorShuffle<Float> BY_8 = shuffle(8);
  private static final VectorShuffle<Float> BY_4 = shuffle(4);
  private static final VectorShuffle<Float> BY_2 = shuffle(2);
  private static final VectorShuffle<Float> BY_1 = shuffle(1);

  private VectorMessage() {}

  private static VectorShuffle<Float> shuffle(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> i ^ (by < LENGTH ? by : 0));
  }

  /**
   * Sum of all lanes: halves, quarters and so on. Not {@code reduceLanes}, whose order is another
   * when interpreted than when compiled.
   */
  static float sum(FloatVector v) {
    if (LENGTH >= 16) {
      v = v.add(v.rearrange(BY_8));
    }
    if (LENGTH >= 8) {
      v = v.add(v.rearrange(BY_4));
    }
    if (LENGTH >= 4) {
      v = v.add(v.rearrange(BY_2));
    }
    return LENGTH >= 2 ? v.add(v.rearrange(BY_1)).lane(0) : v.lane(0);
  }

  /** The lanes of masked vectors; all where none is masked. */
  static VectorMask<Float> mask(Lanes lanes) {
    return SPECIES.indexInRange(0, lanes.tail() == 0 ? LENGTH : lanes.tail());
  }

  /** The element at {@code address} in all lanes, where the operand is grouped; else not used. */
  static FloatVector first(boolean grouped, long address) {
    return grouped
        ? FloatVector.broadcast(SPECIES, Native.getFloat(address))
        : FloatVector.zero(SPECIES);
  }

  /**
   * Columns of vector k of an operand whose first column lies at {@code address}.
   *
   * @param grouped one element for {@code share} vectors, not one a column
   * @param first the grouped operand's element for vector 0
   */
  static FloatVector operand(
      boolean grouped,
      FloatVector first,
      boolean masked,
      int stride,
      int share,
      VectorMask<Float> mask,
      long address,
      int k) {
    if (grouped) {
      return k < share
          ? first
          : FloatVector.broadcast(SPECIES, Native.getFloat(address + 4L * (k / share)));
    }
    return load(masked, mask, address + 4L * k * stride);
  }

  static FloatVector load(boolean masked, VectorMask<Float> mask, long address) {
    return masked
        ? FloatVector.fromMemorySegment(SPECIES, Native.ALL, address, ORDER, mask)
        : FloatVector.fromMemorySegment(SPECIES, Native.ALL, address, ORDER);
  }

  static void store(boolean masked, VectorMask<Float> mask, long address, FloatVector x) {
    if (masked) {
      x.intoMemorySegment(Native.ALL, address, ORDER, mask);
    } else {
      x.intoMemorySegment(Native.ALL, address, ORDER);
    }
  }

  static FloatVector apply(MessageOp op, FloatVector x, FloatVector y) {
    if (op == MessageOp.ADD) {
      return x.add(y);
    }
    if (op == MessageOp.SUB) {
      return x.sub(y);
    }
    if (op == MessageOp.DIV) {
      return x.div(y);
    }
    return x.mul(y);
  }
}
