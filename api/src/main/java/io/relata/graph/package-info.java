/**
 * Message passing without names: {@link io.relata.graph.Adjacency}, the edges of one relation;
 * {@link io.relata.graph.GraphOps}, differentiable products on them; {@link
 * io.relata.graph.EdgeSoftmax}; {@link io.relata.graph.SegmentOps}, the same for runs of rows;
 * {@link io.relata.graph.Functions}, the built-in message and reduce functions in field names.
 */
package io.relata.graph;
