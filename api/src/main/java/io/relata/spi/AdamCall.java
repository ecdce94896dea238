package io.relata.spi;

/**
 * One parameter's step of Adam (AdamW where {@code decoupled}), in place; all four arrays have one
 * type and shape.
 *
 * @param parameter changed
 * @param gradient read
 * @param firstMoment changed
 * @param secondMoment changed
 * @param step number of this step, from 1
 */
public record AdamCall(
    Array parameter,
    Array gradient,
    Array firstMoment,
    Array secondMoment,
    double rate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean decoupled,
    long step) {}
