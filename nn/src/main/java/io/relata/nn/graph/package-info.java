/**
 * Layers on graphs in the functional form, over {@link io.relata.graph.Adjacency}: {@link
 * io.relata.nn.graph.ConvLayer} and its kinds; {@link io.relata.nn.graph.RelGraphConv} over {@link
 * io.relata.nn.graph.TypedAdjacency}. Names and parameters are DGL's.
 */
package io.relata.nn.graph;
