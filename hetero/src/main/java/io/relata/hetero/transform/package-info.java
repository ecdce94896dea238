/**
 * Graphs made from graphs: parts ({@link io.relata.hetero.transform.Subgraphs}), changes ({@link
 * io.relata.hetero.transform.Edits}, {@link io.relata.hetero.transform.SelfLoops}), other views of
 * the same edges ({@link io.relata.hetero.transform.Reversal}, {@link
 * io.relata.hetero.transform.LineGraph}, {@link io.relata.hetero.transform.Homogeneous}), layers of
 * message flow ({@link io.relata.hetero.transform.Blocks}), and what follows from the structure
 * alone ({@link io.relata.hetero.transform.Structure}). Nothing changes the graph it is given.
 */
package io.relata.hetero.transform;
