package io.relata.cpu.dense;

import io.relata.Shape;

/**
 * How operands are walked so that they fill one output without gaps: its axes, with neighbours
 * merged where every operand allows it, and each operand's stride along each of them (0 where it
 * repeats). The last two axes are a block of rows; strides along the last one are 0 or 1.
 */
final class Broadcast {
  private final long[] dims;
  private final long[][] strides;
  private final int rank;

  /** One block: rows of equal outer position, a run of columns. */
  interface Block {
    /**
     * Works on one block.
     *
     * @param starts first element of each operand
     * @param out first element of the output
     * @param rows number of rows
     * @param n elements taken of each row
     */
    void run(long[] starts, long out, long rows, long n);
  }

  Broadcast(Shape out, Shape... operands) {
    int axes = out.rank();
    long[] d = new long[axes + 2];
    long[][] s = new long[operands.length][axes + 2];
    int count = 0;
    // Collected from the last axis to the first, merged with the one before where strides continue
    // it.
    for (int back = 1; back <= axes; back++) {
      long size = out.dim(-back);
      if (size == 1) {
        continue;
      }
      boolean merge = count > 0;
      long[] step = new long[operands.length];
      for (int k = 0; k < operands.length; k++) {
        step[k] = stride(operands[k], back);
        merge = merge && step[k] == s[k][count - 1] * d[count - 1];
      }
      if (merge) {
        d[count - 1] *= size;
      } else {
        d[count] = size;
        for (int k = 0; k < operands.length; k++) {
          s[k][count] = step[k];
        }
        count++;
      }
    }
    for (; count < 2; count++) {
      d[count] = 1;
    }
    this.dims = d;
    this.strides = s;
    this.rank = count;
  }

  private static long stride(Shape operand, int back) {
    if (back > operand.rank() || operand.dim(-back) == 1) {
      return 0;
    }
    return operand.product(operand.rank() - back + 1, operand.rank());
  }

  /** Stride of an operand from row to row. */
  long row(int operand) {
    return strides[operand][1];
  }

  /** Stride of an operand inside a row, 0 or 1. */
  int step(int operand) {
    return (int) strides[operand][0];
  }

  /** Runs {@code block} over the whole output. */
  void forEach(Chunks chunks, Block block) {
    long n = dims[0];
    long rows = 1;
    for (int i = 1; i < rank; i++) {
      rows *= dims[i];
    }
    if (n >= 2 * Chunks.ELEMENTS) {
      long allRows = rows;
      // Few and long rows: pieces of one row each.
      long pieces = (n + Chunks.ELEMENTS - 1) / Chunks.ELEMENTS;
      chunks.units(
          allRows * pieces,
          Chunks.ELEMENTS,
          (from, to) -> {
            for (long p = from; p < to; p++) {
              long column = p % pieces * Chunks.ELEMENTS;
              run(p / pieces, 1, column, Math.min(Chunks.ELEMENTS, n - column), block);
            }
          });
    } else if (n > 0) {
      chunks.units(
          rows,
          n,
          (from, to) -> {
            for (long r = from; r < to; ) {
              long count = Math.min(to - r, dims[1] - r % dims[1]);
              run(r, count, 0, n, block);
              r += count;
            }
          });
    }
  }

  private void run(long row, long rows, long column, long n, Block block) {
    long[] starts = new long[strides.length];
    for (int k = 0; k < starts.length; k++) {
      long rest = row;
      long at = column * strides[k][0];
      for (int i = 1; i < rank; i++) {
        at += rest % dims[i] * strides[k][i];
        rest /= dims[i];
      }
      starts[k] = at;
    }
    block.run(starts, row * dims[0] + column, rows, n);
  }
}
