/**
 * Matrix products: OpenBLAS through the foreign function interface where it loads, else our own
 * blocked kernel. {@link io.relata.cpu.blas.MatrixProduct} is the way in.
 */
package io.relata.cpu.blas;
