package io.relata.spi;

/** Where a message operand lives. */
public enum Target {
  /** The source node of an edge (the column of a {@link RowIndex} by destination). */
  U,
  /** The destination node of an edge (the row of a {@link RowIndex} by destination). */
  V,
  /** The edge itself. */
  E
}
