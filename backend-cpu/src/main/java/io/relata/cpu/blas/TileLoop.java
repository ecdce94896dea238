package io.relata.cpu.blas;

/** A loop over rows of a product; copies of {@link VectorTile} implement it. */
interface TileLoop {
  /**
   * Computes rows {@code from} to {@code to - 1}.
   *
   * @return a number made of rows that it read ahead, which somebody must seem to want
   */
  int run(Tile tile, int from, int to);

  /**
   * Addresses and strides in bytes. Whoever runs a loop keeps the arrays reachable meanwhile.
   *
   * @param xIndex int32 row of x by i, or where transposed by l; 0 where they are the same
   * @param outIndex int32 row of the result by i; 0 where they are the same
   * @param depth length of the contracted axis
   * @param end of x, up to which rows may be read ahead; 0 where none shall be
   * @param next what is added to the same result while it is in registers, with the same xIndex;
   *     its own place of the result is not read; null for nothing
   */
  record Tile(
      long x,
      long xRow,
      long xIndex,
      long y,
      long yRow,
      long out,
      long outRow,
      long outIndex,
      long depth,
      long end,
      Tile next) {
    /** The same for columns that lie so many bytes to the right. */
    Tile right(long bytes) {
      return new Tile(
          x,
          xRow,
          xIndex,
          y + bytes,
          yRow,
          out + bytes,
          outRow,
          outIndex,
          depth,
          end,
          next == null ? null : next.right(bytes));
    }
  }
}
