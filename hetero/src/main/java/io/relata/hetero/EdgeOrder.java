package io.relata.hetero;

/** In which order edges are listed (DGL: {@code order} of {@code all_edges}). */
public enum EdgeOrder {
  /** By edge id. */
  ID,
  /** By source, then destination, then edge id. */
  SOURCE_DESTINATION
}
