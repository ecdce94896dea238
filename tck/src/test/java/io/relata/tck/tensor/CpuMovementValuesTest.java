package io.relata.tck.tensor;

/** The CPU backend's turn. */
class CpuMovementValuesTest extends MovementValuesTck {}
