package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.Storage;
import io.relata.spi.UnaryOp;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Bounds of the integers in the device's arrays that the host knows without looking, so that an
 * index is checked without a wait for the device. They come from what was copied there, from the
 * operations that made an array, and from checks that had to look. Every operation that writes
 * integers says so here; what it does not know makes the array unknown again.
 */
final class KnownIntegers {
  /** Most numbers that are looked at while they are copied to the device. */
  static final int MOST_COPIED = 1 << 20;

  /** Beyond this, doubles leave out integers. */
  private static final double EXACT = 1L << 53;

  /** All elements lie in least..most; null stands for not known. */
  record Range(long least, long most) {
    private static Range of(long a, long b) {
      return new Range(Math.min(a, b), Math.max(a, b));
    }

    private Range with(Range other) {
      return new Range(Math.min(least, other.least), Math.max(most, other.most));
    }

    boolean within(long from, long to) {
      return from <= least && most <= to;
    }
  }

  /** What is known of the bytes from {@code start} to {@code end} of a storage. */
  private record Part(long start, long end, Range range) {
    boolean holds(long from, long to) {
      return start <= from && to <= end;
    }
  }

  // Storages have no equality but identity; what is known goes with them.
  private final Map<Storage, Part> parts = new WeakHashMap<>();

  private static boolean isInteger(Array x) {
    return x.dtype() == DType.INT32 || x.dtype() == DType.INT64;
  }

  private static Range fitting(Range range, DType type) {
    return range != null
            && (type == DType.INT64 || range.within(Integer.MIN_VALUE, Integer.MAX_VALUE))
        ? range
        : null;
  }

  /** Bounds of an array, null where they are not known. */
  synchronized Range of(Array x) {
    Part part = isInteger(x) ? parts.get(x.storage()) : null;
    return part != null && part.holds(x.offset(), x.offset() + x.bytes()) ? part.range : null;
  }

  /** A check has looked: all elements lie in {@code range}. */
  synchronized void found(Array x, Range range) {
    parts.put(x.storage(), new Part(x.offset(), x.offset() + x.bytes(), range));
  }

  /** All of an array was written, with numbers in {@code range}, or with any where it is null. */
  synchronized void wrote(Array out, Range range) {
    if (!isInteger(out) || out.size() == 0) {
      return;
    }
    long from = out.offset();
    long to = from + out.bytes();
    Part old = parts.get(out.storage());
    Range now = fitting(range, out.dtype());
    if (now == null) {
      if (old != null && old.start < to && from < old.end) {
        parts.remove(out.storage());
      }
    } else if (old != null && old.holds(from, to)) {
      Range both = from == old.start && to == old.end ? now : now.with(old.range);
      parts.put(out.storage(), new Part(old.start, old.end, both));
    } else {
      parts.put(out.storage(), new Part(from, to, now));
    }
  }

  /** Anything may have been written to the array. */
  void wrote(Array out) {
    wrote(out, null);
  }

  void copied(MemorySegment host, Array to) {
    if (!isInteger(to)) {
      return;
    }
    if (to.size() == 0 || to.size() > MOST_COPIED) {
      wrote(to);
      return;
    }
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    if (to.dtype() == DType.INT32) {
      for (long i = 0; i < to.size(); i++) {
        int x = host.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * i);
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    } else {
      for (long i = 0; i < to.size(); i++) {
        long x = host.get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i);
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    }
    wrote(to, new Range(least, most));
  }

  private static boolean whole(double x) {
    return x == Math.rint(x) && Math.abs(x) <= EXACT;
  }

  void filled(Array out, double value) {
    wrote(out, whole(value) ? Range.of((long) value, (long) value) : null);
  }

  /** {@code out[i] = start + i * step}. */
  void counted(Array out, double start, double step) {
    double last = start + (out.size() - 1) * step;
    boolean exact = whole(start) && whole(step) && whole(last);
    wrote(out, exact ? Range.of((long) start, (long) last) : null);
  }

  void cast(Array x, Array out) {
    wrote(out, x.dtype() == DType.BOOL ? new Range(0, 1) : of(x));
  }

  /** {@code out} has elements of {@code x} and no others. */
  void picked(Array x, Array out) {
    wrote(out, of(x));
  }

  void picked(Array x, Array y, Array out) {
    Range a = of(x);
    Range b = of(y);
    wrote(out, a == null || b == null ? null : a.with(b));
  }

  /** {@code out} has positions below {@code n}. */
  void positions(long n, Array out) {
    wrote(out, n > 0 ? new Range(0, n - 1) : null);
  }

  void unary(UnaryOp op, Array x, double a, double b, Array out) {
    Range range = op == UnaryOp.AFFINE && whole(a) && whole(b) ? of(x) : null;
    wrote(out, range == null ? null : affine(range, (long) a, (long) b));
  }

  private static Range affine(Range x, long a, long b) {
    try {
      return Range.of(
          Math.addExact(Math.multiplyExact(x.least, a), b),
          Math.addExact(Math.multiplyExact(x.most, a), b));
    } catch (ArithmeticException _) {
      return null;
    }
  }

  void binary(BinaryOp op, Array x, Array y, Array out) {
    Range a = of(x);
    Range b = of(y);
    wrote(out, a == null || b == null ? null : binary(op, a, b));
  }

  private static Range binary(BinaryOp op, Range x, Range y) {
    try {
      return switch (op) {
        case ADD -> new Range(Math.addExact(x.least, y.least), Math.addExact(x.most, y.most));
        case SUB ->
            new Range(Math.subtractExact(x.least, y.most), Math.subtractExact(x.most, y.least));
        case MUL ->
            Range.of(Math.multiplyExact(x.least, y.least), Math.multiplyExact(x.most, y.most))
                .with(
                    Range.of(
                        Math.multiplyExact(x.least, y.most), Math.multiplyExact(x.most, y.least)));
        case MIN, MAX -> x.with(y);
        default -> null;
      };
    } catch (ArithmeticException _) {
      return null;
    }
  }
}
