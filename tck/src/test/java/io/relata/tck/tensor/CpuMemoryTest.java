package io.relata.tck.tensor;

/** The CPU backend's turn. */
class CpuMemoryTest extends MemoryTck {}
