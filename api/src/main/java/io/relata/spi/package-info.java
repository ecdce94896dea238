/**
 * What authors of backends and kernel plugins implement. A backend is a {@link
 * io.relata.spi.Backend}: memory, {@link io.relata.spi.DenseKernels} and {@link
 * io.relata.spi.GraphKernels}; its jar lists a {@link io.relata.spi.RelataModule}.
 */
package io.relata.spi;
