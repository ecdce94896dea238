package io.relata.tck.tensor;

/** The CPU backend's turn. */
class CpuBackwardTest extends BackwardTck {}
