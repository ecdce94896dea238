package io.relata.tck.tensor;

/** The CPU backend's turn. */
class CpuDeterminismTest extends DeterminismTck {}
