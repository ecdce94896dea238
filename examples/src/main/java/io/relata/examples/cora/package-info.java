/**
 * The message-passing tutorial: GraphSAGE written by hand over {@code updateAll} and trained on
 * Cora, once for each way of saying what an edge carries.
 *
 * <ul>
 *   <li>{@link io.relata.examples.cora.PlainSage}: built-in functions; read this first
 *   <li>{@link io.relata.examples.cora.WeightedSage}: built-in functions, with a weight per edge
 *   <li>{@link io.relata.examples.cora.UserDefinedSage}: functions of one's own
 *   <li>{@link io.relata.examples.cora.Sage}: the network of two such layers
 *   <li>{@link io.relata.examples.cora.Training}: the training loop, also by hand
 *   <li>{@link io.relata.examples.cora.CoraSage}: the program
 * </ul>
 */
package io.relata.examples.cora;
