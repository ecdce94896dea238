package io.relata.nn.train;

import java.util.Map;

/**
 * What happened in one epoch.
 *
 * @param epoch its number, from 0
 * @param epochs how many are planned
 * @param loss mean training loss of its steps
 * @param metrics what the evaluation found, by name, in its order; empty without evaluation
 * @param learningRate of its steps
 * @param seconds it took, evaluation included
 */
public record EpochReport(
    int epoch,
    int epochs,
    double loss,
    Map<String, Double> metrics,
    double learningRate,
    double seconds) {}
