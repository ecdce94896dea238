package io.relata.cpu.graph;

/**
 * The constants a copy of a vector loop for edge softmax is compiled for.
 *
 * @param heads numbers of an edge
 * @param identity slot and edge id are the same
 * @param copy between tables of such edges and scratch memory
 */
record SoftmaxSpec(int heads, boolean identity, RowCopy copy) {}
