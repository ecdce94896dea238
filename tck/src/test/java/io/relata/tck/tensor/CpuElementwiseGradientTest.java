package io.relata.tck.tensor;

/** The CPU backend's turn. */
class CpuElementwiseGradientTest extends ElementwiseGradientTck {}
