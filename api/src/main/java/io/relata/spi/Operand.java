package io.relata.spi;

/**
 * One side of a message: rows of numbers and what a row belongs to.
 *
 * @param data (rows, …) with one row per node or edge of the target
 * @param target whose rows they are
 */
public record Operand(Array data, Target target) {}
