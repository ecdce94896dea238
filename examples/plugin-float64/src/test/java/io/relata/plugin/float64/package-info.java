/** Conformance of the FLOAT64 kernels, and what they are worth. */
package io.relata.plugin.float64;
