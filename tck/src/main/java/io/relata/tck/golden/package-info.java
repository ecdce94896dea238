/**
 * Holds Relata against numbers that DGL computed: {@link io.relata.tck.golden.GoldenRunner} runs
 * the cases of a {@link io.relata.tck.golden.GoldenSource} on every installed kind of kernel and
 * counts what passes; {@link io.relata.tck.golden.Parity} lists where a rule of ours differs from
 * DGL on purpose, and {@link io.relata.tck.golden.Rule} computes what holds there instead.
 */
package io.relata.tck.golden;
