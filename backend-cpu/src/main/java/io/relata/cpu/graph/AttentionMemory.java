package io.relata.cpu.graph;

/**
 * Where an attention loop leaves what it makes of some rows and their edges: addresses in a
 * worker's memory, in the order of slots.
 *
 * @param weights (edges, H) and a vector
 * @param sloped (edges, H) and a vector, weights times what the leaky relu multiplied the logit
 *     with
 * @param rest for the loop itself: some runs of (edges, H) and a vector
 * @param dots (edges, H), value times gradient; 0 where edges ask for no gradient
 * @param sums (rows, H), minus the sums of the sloped weights; only forward
 * @param room for two vectors
 */
record AttentionMemory(long weights, long sloped, long rest, long dots, long sums, long room) {}
