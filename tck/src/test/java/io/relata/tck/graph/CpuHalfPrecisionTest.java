package io.relata.tck.graph;

/** Half precision on the CPU. */
class CpuHalfPrecisionTest extends HalfPrecisionTck {}
