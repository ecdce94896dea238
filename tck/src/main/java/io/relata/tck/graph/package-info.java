/**
 * Conformance of message passing in the functional form: values and gradients of every message and
 * reducer, on graphs with hubs, isolated nodes, parallel edges and loops.
 */
package io.relata.tck.graph;
