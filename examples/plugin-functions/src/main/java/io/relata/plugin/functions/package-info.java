/**
 * An example of a plugin of functions: {@link io.relata.plugin.functions.MoreFunctions} has a
 * message function and a reduce function, both differentiable, that work on all edges of a relation
 * at once.
 */
package io.relata.plugin.functions;
