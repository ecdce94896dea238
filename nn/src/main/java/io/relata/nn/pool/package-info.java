/**
 * Layers that make one row for each graph of a batch from the rows of its nodes: {@link
 * io.relata.nn.pool.PoolLayer}. They take the rows' {@link io.relata.graph.Segments}, which a
 * {@code GraphBatch} gives for a node type.
 */
package io.relata.nn.pool;
