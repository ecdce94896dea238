/**
 * Layers on graphs in the functional form, over {@link io.relata.graph.Adjacency}: {@link
 * io.relata.nn.graph.ConvLayer} and its kinds; {@link io.relata.nn.graph.RelGraphConv} over {@link
 * io.relata.nn.graph.TypedAdjacency} and {@link io.relata.nn.graph.HgtConv} over {@link
 * io.relata.nn.graph.TypedGraph}, whose edges have types; {@link
 * io.relata.nn.graph.HeteroGraphConv}, a layer for each relation. Names and parameters are DGL's.
 */
package io.relata.nn.graph;
