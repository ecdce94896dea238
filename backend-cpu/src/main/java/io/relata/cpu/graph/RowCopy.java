package io.relata.cpu.graph;

/**
 * Copies rows of a few numbers between a table and scratch memory, where they stand one after the
 * other in the order of slots; copies of {@link VectorRowCopy} implement it.
 */
interface RowCopy {
  /**
   * What a copy of the template is compiled for.
   *
   * @param size numbers of a row
   */
  record Spec(int size) {}

  /**
   * Reads rows of the table.
   *
   * @param ids (count) int32, which row for each slot
   */
  void gather(long table, long ids, int count, long to);

  /**
   * Writes rows of the table.
   *
   * @param ids (count) int32, which row for each slot
   */
  void scatter(long from, long ids, int count, long table);
}
