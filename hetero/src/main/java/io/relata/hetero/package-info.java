/**
 * Graphs with node types, relations and fields: {@link io.relata.hetero.HeteroGraph}, message
 * passing along one relation ({@link io.relata.hetero.RelationView}) or several, and how their
 * results combine ({@link io.relata.hetero.CrossReducer}).
 */
package io.relata.hetero;
