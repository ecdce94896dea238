package io.relata.benchmarks;

import io.relata.graph.Adjacency;
import io.relata.spi.RowIndex;

/**
 * The floors of steps on one graph, in ms; NaN everywhere where no floor can be measured.
 *
 * @param floor the machine's, or null
 * @param graph the edges
 */
record GraphFloor(Floor floor, Adjacency graph) {

  private static double edges(RowIndex index) {
    return index.numEdges();
  }

  /** Reading the index structure itself. */
  private double structure(RowIndex index) {
    return floor.read((long) edges(index) + index.numRows());
  }

  /** Reading a row of a node's for every edge. */
  double rows(RowIndex index, int width) {
    return floor == null
        ? Double.NaN
        : floor.gather(index.columns(), index.numColumns(), width) + structure(index);
  }

  /** Reading (or writing) so many numbers of every edge, row by row of the index. */
  double values(RowIndex index, int width) {
    if (floor == null) {
      return Double.NaN;
    }
    return index.edgeIds() == null
        ? floor.read((long) index.numEdges() * width)
        : floor.gather(index.edgeIds(), index.numEdges(), width);
  }

  /** Reading so many numbers of every node. */
  double readNodes(int width) {
    return floor == null ? Double.NaN : floor.read((long) graph.numDst() * width);
  }

  /** Writing so many numbers of every node. */
  double writeNodes(int width) {
    return floor == null ? Double.NaN : floor.write((long) graph.numDst() * width);
  }

  /** A reduced product: rows in, rows out. */
  double reduced(RowIndex index, int width) {
    return rows(index, width) + writeNodes(width);
  }

  /** A matrix product (rows, k) times (k, n). */
  double product(double rows, int k, int n) {
    return floor == null ? Double.NaN : floor.product(rows, k, n);
  }
}
