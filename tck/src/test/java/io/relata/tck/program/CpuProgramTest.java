package io.relata.tck.program;

/** The CPU backend's turn. */
class CpuProgramTest extends ProgramTck {}
