package io.relata.tck.golden;

import java.util.Map;

/**
 * What a case should give.
 *
 * @param outputs by name
 * @param gradients by input; a null value where the outputs do not depend on the input
 * @param weightGradients by parameter
 */
record Expectation(
    Map<String, Dense> outputs, Map<String, Dense> gradients, Map<String, Dense> weightGradients) {}
