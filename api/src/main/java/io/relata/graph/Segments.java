package io.relata.graph;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;

/**
 * Consecutive runs of rows, given by their lengths; empty runs are allowed. Made once and used for
 * any number of {@link SegmentOps}, for instance the nodes of each graph of a batch.
 */
public final class Segments {
  private final int[] lengths;
  private final Adjacency rows;

  private Segments(int[] lengths, Adjacency rows) {
    this.lengths = lengths;
    this.rows = rows;
  }

  /**
   * Runs of these lengths, in order.
   *
   * @throws RelataException ARGUMENT for a negative length, or more than 2^31-1 rows together
   */
  public static Segments of(Relata relata, int... lengths) {
    long total = 0;
    for (int i = 0; i < lengths.length; i++) {
      total += lengths[i];
      if (lengths[i] < 0 || total > Integer.MAX_VALUE) {
        throw RelataException.of(
                ErrorId.ARGUMENT,
                lengths[i] < 0 ? "A segment length is negative" : "The segments are too long")
            .where("segment " + i)
            .expected("lengths from 0 that add up to at most " + Integer.MAX_VALUE)
            .found(lengths[i] < 0 ? Integer.toString(lengths[i]) : total + " rows up to here")
            .build();
      }
    }
    int[] row = new int[(int) total];
    int[] segment = new int[row.length];
    int at = 0;
    for (int s = 0; s < lengths.length; s++) {
      for (int i = 0; i < lengths[s]; i++, at++) {
        row[at] = at;
        segment[at] = s;
      }
    }
    // A row is an edge into its segment, so that reductions are those of messages.
    return new Segments(
        lengths.clone(),
        Adjacency.of(relata, "segments", row.length, lengths.length, row, segment));
  }

  /** Number of segments. */
  public int count() {
    return lengths.length;
  }

  /** Rows of all segments together. */
  public int numRows() {
    return rows.numEdges();
  }

  /** Rows of segment {@code i}. */
  public int length(int i) {
    return lengths[i];
  }

  /** Each row as an edge into its segment. */
  Adjacency rows() {
    return rows;
  }
}
