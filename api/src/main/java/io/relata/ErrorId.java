package io.relata;

/** Names a kind of mistake, so that it can be searched for and tested. */
public enum ErrorId {
  /** Shapes that do not fit each other or the operation. */
  SHAPE,
  /** An axis that a tensor does not have. */
  AXIS,
  /** Element types that do not fit each other or the operation. */
  DTYPE,
  /** An index outside its range. */
  INDEX,
  /** A feature with another number of rows than there are nodes or edges. */
  FIELD_ROWS,
  /** A field that is not there. */
  FIELD_UNKNOWN,
  /** A reduce function that reads another field than the message function writes. */
  FIELD_MISMATCH,
  /** A node or edge id that is negative or too large. */
  NODE_ID,
  /** Source and destination lists of different lengths. */
  EDGE_LISTS,
  /** A node type that the graph does not have. */
  TYPE_UNKNOWN,
  /** A relation that the graph does not have. */
  RELATION_UNKNOWN,
  /** A short relation name that fits several relations, or one named twice. */
  RELATION_AMBIGUOUS,
  /** A node without in-edges where a layer does not allow one. */
  ZERO_IN_DEGREE,
  /** A gradient asked for where there is none. */
  GRADIENT,
  /** A tensor used after it was freed, or with another runtime. */
  LIFETIME,
  /** No memory left. */
  OUT_OF_MEMORY,
  /** No backend that works here. */
  BACKEND,
  /** A plugin that failed, or two that cannot be told apart. */
  PLUGIN,
  /** A loss or an activation that is NaN or infinite. */
  NOT_FINITE,
  /** A parameter that is missing or does not fit. */
  PARAMETER,
  /** An argument outside its range. */
  ARGUMENT,
  /** A file or a data set that is missing or corrupt. */
  DATA
}
