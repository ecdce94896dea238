package io.relata.cuda;

import io.relata.Shape;
import io.relata.spi.Array;

/**
 * How operands are walked so that they fill one output without gaps: the output's axes from the
 * innermost outwards, with neighbours merged where every operand allows it, and each operand's
 * stride along each of them, 0 where it repeats. Strides along the first are 0 or 1.
 */
final class BroadcastAxes {
  /** Axes that a kernel takes; what lies outside them is a launch for each place. */
  static final int MOST = 8;

  /** Operands of {@code BroadcastArgs}. */
  private static final int OPERANDS = 3;

  private final long[] sizes;
  private final long[][] strides;
  private final int rank;

  /** One launch. */
  interface Launch {
    /**
     * Launches.
     *
     * @param starts first element of each operand
     * @param out first element of the output
     */
    void run(long[] starts, long out);
  }

  BroadcastAxes(Shape out, Shape... operands) {
    int axes = out.rank();
    sizes = new long[axes + 1];
    strides = new long[operands.length][axes + 1];
    int count = 0;
    for (int back = 1; back <= axes; back++) {
      long size = out.dim(-back);
      if (size == 1) {
        continue;
      }
      boolean merge = count > 0;
      long[] step = new long[operands.length];
      for (int k = 0; k < operands.length; k++) {
        step[k] = stride(operands[k], back);
        merge = merge && step[k] == strides[k][count - 1] * sizes[count - 1];
      }
      if (merge) {
        sizes[count - 1] *= size;
        continue;
      }
      sizes[count] = size;
      for (int k = 0; k < operands.length; k++) {
        strides[k][count] = step[k];
      }
      count++;
    }
    if (count == 0) {
      sizes[0] = 1;
      count = 1;
    }
    rank = count;
  }

  private static long stride(Shape operand, int back) {
    if (back > operand.rank() || operand.dim(-back) == 1) {
      return 0;
    }
    return operand.product(operand.rank() - back + 1, operand.rank());
  }

  /** Elements of one launch. */
  long size() {
    long n = 1;
    for (int i = 0; i < Math.min(rank, MOST); i++) {
      n *= sizes[i];
    }
    return n;
  }

  /** Runs a launch for each place of the axes that a kernel does not take. */
  void forEach(Launch launch) {
    long places = 1;
    for (int i = MOST; i < rank; i++) {
      places *= sizes[i];
    }
    for (long p = 0; p < places; p++) {
      long[] starts = new long[strides.length];
      long rest = p;
      for (int i = MOST; i < rank; i++) {
        for (int k = 0; k < starts.length; k++) {
          starts[k] += rest % sizes[i] * strides[k][i];
        }
        rest /= sizes[i];
      }
      launch.run(starts, p * size());
    }
  }

  /**
   * Whether four neighbours of the output can be handled at once: they are neighbours, or one
   * repeated element, in every operand, and aligned.
   */
  boolean wide(Array out, Array... operands) {
    boolean wide =
        Launcher.aligned(out.address(), out.dtype().bytes())
            && (rank == 1 || sizes[0] % Launcher.QUAD == 0);
    for (int k = 0; k < operands.length && wide; k++) {
      if (strides[k][0] == 1) {
        wide = Launcher.aligned(operands[k].address(), operands[k].dtype().bytes());
        for (int i = 1; i < rank; i++) {
          wide = wide && strides[k][i] % Launcher.QUAD == 0;
        }
      }
    }
    return wide;
  }

  /** Adds what {@code BroadcastArgs} has from the rank on. */
  void describe(Arguments arguments, boolean wide) {
    arguments.put(Math.min(rank, MOST)).put(wide ? 1 : 0).put(strides.length);
    put(arguments, sizes);
    for (int k = 0; k < OPERANDS; k++) {
      put(arguments, k < strides.length ? strides[k] : new long[0]);
    }
  }

  private static void put(Arguments arguments, long[] values) {
    for (int i = 0; i < MOST; i++) {
      arguments.put(i < values.length ? values[i] : 0);
    }
  }
}
