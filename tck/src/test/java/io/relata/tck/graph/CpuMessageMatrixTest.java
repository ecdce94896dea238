package io.relata.tck.graph;

/** The CPU backend's turn. */
class CpuMessageMatrixTest extends MessageMatrixTck {}
