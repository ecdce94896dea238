package io.relata.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the feature axes of two operands meet: NumPy broadcasting over the axes after the first, dot
 * contracting the last one. Holds the forward plan and those of both gradients.
 *
 * @param feature shape of one row of the result
 * @param forward plan of the message
 * @param left plan of the left operand's gradient: (result gradient, right operand) to left operand
 * @param right plan of the right operand's gradient: (result gradient, left operand) to right
 *     operand
 */
record MessageShape(Shape feature, FeaturePlan forward, FeaturePlan left, FeaturePlan right) {
  private record Key(MessageOp op, Shape lhs, Shape rhs) {}

  /** More than the messages of any model; whoever has more pays for making them again. */
  static final int MOST = 1024;

  /** Shapes repeat in every step of a training loop; this remembers what follows from them. */
  private static final Map<Key, MessageShape> KNOWN = new ConcurrentHashMap<>();

  static MessageShape of(String where, MessageOp op, Shape lhs, Shape rhs) {
    Key key = new Key(op, lhs, rhs);
    MessageShape known = KNOWN.get(key);
    if (known == null) {
      known = make(where, op, lhs, rhs);
      if (KNOWN.size() >= MOST) {
        KNOWN.clear();
      }
      KNOWN.put(key, known);
    }
    return known;
  }

  /** What follows from the shapes of two rows. */
  static MessageShape make(String where, MessageOp op, Shape l, Shape r) {
    if (op == MessageOp.COPY) {
      FeaturePlan copy = FeaturePlan.copy(Math.toIntExact(l.size()));
      return new MessageShape(l, copy, copy, null);
    }
    Shape full = Shape.broadcastOrNull(l, r);
    boolean dot = op == MessageOp.DOT && (l.rank() > 0 || r.rank() > 0);
    if (full == null || (dot && (l.rank() == 0 || r.rank() == 0 || l.dim(-1) != r.dim(-1)))) {
      throw RelataException.of(ErrorId.SHAPE, "The features do not broadcast")
          .where(where)
          .expected(
              dot
                  ? "equal last sizes, and other sizes that agree or are 1"
                  : "sizes after the first axis that agree or are 1, compared from the last")
          .found("rows of shape " + l + " and " + r)
          .remedy("reshape one of the fields")
          .build();
    }
    Shape feature = dot ? full.with(-1, 1) : full;
    int[] lo = offsets(full, l);
    int[] ro = offsets(full, r);
    int[] oo = offsets(full, feature);
    int ls = (int) l.size();
    int rs = (int) r.size();
    int os = (int) feature.size();
    return new MessageShape(
        feature,
        FeaturePlan.of(lo, ls, ro, rs, oo, os),
        FeaturePlan.of(oo, os, ro, rs, lo, ls),
        FeaturePlan.of(oo, os, lo, ls, ro, rs));
  }

  /**
   * For every position of {@code full} in row-major order, where an operand of shape {@code s} is
   * read.
   */
  private static int[] offsets(Shape full, Shape s) {
    int rank = full.rank();
    long[] strides = new long[rank];
    long[] own = s.strides();
    for (int i = 0; i < s.rank(); i++) {
      strides[rank - s.rank() + i] = s.dim(i) == 1 ? 0 : own[i];
    }
    int[] table = new int[Math.toIntExact(full.size())];
    for (int j = 0; j < table.length; j++) {
      long rest = j;
      long at = 0;
      for (int i = rank - 1; i >= 0; i--) {
        at += rest % full.dim(i) * strides[i];
        rest /= full.dim(i);
      }
      table[j] = (int) at;
    }
    return table;
  }
}
