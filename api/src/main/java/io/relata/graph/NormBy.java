package io.relata.graph;

/** Which end of an edge decides what it is normalised with (DGL: {@code norm_by}). */
public enum NormBy {
  /** Edges that share a destination. */
  DESTINATION,
  /** Edges that share a source. */
  SOURCE
}
