/**
 * Layers that make one row for each graph of a batch: {@link io.relata.nn.pool.GraphPooling} and
 * its kinds. Names and parameters are DGL's.
 */
package io.relata.nn.pool;
