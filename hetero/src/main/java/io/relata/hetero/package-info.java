/**
 * Graphs with node types, relations and fields: {@link io.relata.hetero.HeteroGraph}, message
 * passing along one relation ({@link io.relata.hetero.RelationView}) or several, and how their
 * results combine ({@link io.relata.hetero.CrossReducer}). Graphs made from other graphs go through
 * {@link io.relata.hetero.Derivation}; package {@code transform} has the usual ones, package {@code
 * batch} graphs of many graphs.
 */
package io.relata.hetero;
