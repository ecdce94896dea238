/**
 * The CPU backend: Vector API kernels with a plain fallback, OpenBLAS products, ND4J at the border.
 */
package io.relata.cpu;
