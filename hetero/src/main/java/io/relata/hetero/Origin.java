package io.relata.hetero;

import io.relata.Relata;
import io.relata.Tensor;
import java.util.stream.IntStream;

/**
 * Which rows of another frame the rows of a frame are: some in a given order, or all, and after
 * them perhaps new ones.
 */
final class Origin {
  private final Relata relata;
  private final int count;
  private final int[] ids;
  private final int added;
  private Tensor index;

  private Origin(Relata relata, int count, int[] ids, int added) {
    this.relata = relata;
    this.count = count;
    this.ids = ids;
    this.added = added;
  }

  static Origin all(Relata relata, int count) {
    return new Origin(relata, count, null, 0);
  }

  static Origin of(Relata relata, int... ids) {
    return new Origin(relata, ids.length, ids, 0);
  }

  /** All rows, and after them new ones. */
  static Origin allAnd(Relata relata, int count, int added) {
    return new Origin(relata, count + added, null, added);
  }

  /** The same rows, for a graph of another runtime. */
  Origin to(Relata other) {
    return new Origin(other, count, ids, added);
  }

  boolean isAll() {
    return ids == null && added == 0;
  }

  /** The rows taken from {@code whole}; new ones are 0. */
  Tensor take(Tensor whole) {
    if (ids != null) {
      return whole.indexSelect(0, index());
    }
    long[] dims = whole.shape().with(0, added).dims();
    return Tensor.concat(0, whole, relata.zeros(whole.dtype(), dims));
  }

  int count() {
    return count;
  }

  /** The ids, (count,) INT32, made when first asked for; -1 for new rows. */
  synchronized Tensor index() {
    if (index == null) {
      int[] rows =
          ids != null
              ? ids
              : IntStream.range(0, count).map(i -> i < count - added ? i : -1).toArray();
      relata.unscoped(() -> index = relata.tensor(rows));
    }
    return index;
  }
}
