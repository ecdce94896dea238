/**
 * Conformance of functions that see a whole relation: what the author of a {@link
 * io.relata.graph.RelationMessage} or a {@link io.relata.graph.RelationReduce} extends.
 */
package io.relata.tck.function;
