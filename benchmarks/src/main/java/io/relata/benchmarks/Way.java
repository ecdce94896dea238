package io.relata.benchmarks;

/**
 * A tool's entry in a contest; of several ways of one tool only the fastest stays.
 *
 * @param tool whose it is
 * @param name which of its operations are used
 * @param attempt computes
 */
record Way(Tool tool, String name, Attempt attempt) {}
