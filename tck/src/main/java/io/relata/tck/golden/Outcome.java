package io.relata.tck.golden;

import io.relata.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a case gave on one runtime in one element type.
 *
 * @param outputs by name
 * @param gradients by input or parameter; absent where there is none
 * @param seed the largest of the numbers that the gradients were walked back from
 * @param features the largest number among the inputs, at least 1: what is walked back to a
 *     parameter has been multiplied by features
 */
record Outcome(
    Map<String, Values> outputs, Map<String, Values> gradients, double seed, double features) {
  /**
   * A tensor copied out.
   *
   * @param shape sizes
   * @param data row-major
   */
  record Values(long[] shape, double[] data) {
    static Values of(Tensor t) {
      return new Values(t.shape().dims(), t.toDoubleArray());
    }
  }

  static Map<String, Values> copied(Map<String, Tensor> tensors) {
    Map<String, Values> all = new LinkedHashMap<>();
    tensors.forEach((name, t) -> all.put(name, Values.of(t)));
    return all;
  }

  /** The first difference, in words; empty where all agrees. */
  Optional<String> difference(Expectation expected, Closeness closeness) {
    if (!outputs.keySet().equals(expected.outputs().keySet())) {
      return Optional.of(
          "outputs " + outputs.keySet() + " instead of " + expected.outputs().keySet());
    }
    for (Map.Entry<String, Dense> e : expected.outputs().entrySet()) {
      String found = closeness.difference(e.getValue(), outputs.get(e.getKey()), 0);
      if (found != null) {
        return Optional.of("output " + e.getKey() + ": " + found);
      }
    }
    Map<String, Dense> all = new LinkedHashMap<>(expected.gradients());
    all.putAll(expected.weightGradients());
    for (Map.Entry<String, Dense> e : all.entrySet()) {
      Values mine = gradients.get(e.getKey());
      Dense wanted = e.getValue();
      if (wanted == null && mine == null) {
        continue;
      }
      // No gradient and a gradient of zeros are the same thing.
      Dense target =
          wanted == null ? new Dense("f64", mine.shape(), new double[mine.data().length]) : wanted;
      Values value = mine == null ? new Values(target.shape(), target.zeros().data()) : mine;
      boolean ofParameter = expected.weightGradients().containsKey(e.getKey());
      String found = closeness.difference(target, value, ofParameter ? seed * features : seed);
      if (found != null) {
        return Optional.of("gradient of " + e.getKey() + ": " + found);
      }
    }
    return Optional.empty();
  }
}
