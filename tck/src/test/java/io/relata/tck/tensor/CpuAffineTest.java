package io.relata.tck.tensor;

/** The CPU backend's turn. */
class CpuAffineTest extends AffineTck {}
