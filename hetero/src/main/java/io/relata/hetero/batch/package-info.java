/**
 * Many small graphs as one: {@link io.relata.hetero.batch.GraphBatch}, and what is computed for
 * each of them: {@link io.relata.hetero.batch.Readout}.
 */
package io.relata.hetero.batch;
