/**
 * The Cora citation network, read from its original Planetoid files.
 *
 * <p>{@link io.relata.data.cora.Cora} is the data set; the rest of the package reads the Python
 * pickles it was published as.
 */
package io.relata.data.cora;
