package io.relata.tck.golden;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.nn.Layer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One run of a case on one runtime in one element type: makes the inputs, and afterwards walks the
 * outputs back from the cotangents.
 */
final class Trial {
  private final GoldenCase golden;
  private final Relata relata;
  private final DType dtype;
  private final Map<String, Dense> given;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private Layer layer;

  Trial(GoldenCase golden, Relata relata, DType dtype) {
    this.golden = golden;
    this.relata = relata;
    this.dtype = dtype;
    this.given = golden.inputs();
    given.forEach(
        (name, d) -> {
          if (d.isFloating()) {
            inputs.put(name, tensor(d).requiresGrad(true));
          }
        });
  }

  GoldenCase golden() {
    return golden;
  }

  Relata relata() {
    return relata;
  }

  DType dtype() {
    return dtype;
  }

  /** A floating-point input. */
  Tensor input(String name) {
    Tensor t = inputs.get(name);
    if (t == null) {
      throw new UnsupportedCase("there is no input '" + name + "' among " + given.keySet());
    }
    return t;
  }

  boolean has(String name) {
    return given.containsKey(name);
  }

  /** All floating-point inputs by name. */
  Map<String, Tensor> inputs() {
    return inputs;
  }

  /** An integer input. */
  int[] ints(String name) {
    Dense d = given.get(name);
    if (d == null || d.isFloating()) {
      throw new UnsupportedCase("there is no integer input '" + name + "'");
    }
    return d.toInts();
  }

  /** Floating-point numbers in the run's type, others as INT64. */
  Tensor tensor(Dense d) {
    return relata.tensor(d.data()).reshape(d.shape()).to(d.isFloating() ? dtype : DType.INT64);
  }

  /**
   * Gives a layer the weights, buffers and mode of the case, and asks for its gradients afterwards.
   */
  <L extends Layer> L loaded(L made) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    golden.buffers().forEach((name, d) -> state.put(name, tensor(d)));
    golden.weights().forEach((name, d) -> state.put(name, tensor(d)));
    made.loadStateDict(state);
    made.train(golden.flag("training"));
    layer = made;
    return made;
  }

  /**
   * Makes the call and walks back.
   *
   * @param cotangents by output
   */
  Outcome run(Supplier<Map<String, Dense>> cotangents) {
    Map<String, Tensor> outputs = Calls.run(this);
    Tensor total = null;
    double largest = 0;
    for (Map.Entry<String, Dense> c : cotangents.get().entrySet()) {
      Tensor out = outputs.get(c.getKey());
      largest = Math.max(largest, Closeness.largest(c.getValue()));
      if (out != null && out.requiresGrad()) {
        Tensor part = out.mul(tensor(c.getValue())).sum();
        total = total == null ? part : total.add(part);
      }
    }
    if (total != null) {
      total.backward();
    }
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    inputs.forEach((name, t) -> putGradient(gradients, name, t));
    if (layer != null) {
      layer.namedParameters().forEach((name, t) -> putGradient(gradients, name, t));
    }
    double features =
        given.values().stream()
            .filter(Dense::isFloating)
            .mapToDouble(Closeness::largest)
            .max()
            .orElse(1);
    return new Outcome(
        Outcome.copied(outputs), Outcome.copied(gradients), largest, Math.max(1, features));
  }

  private static void putGradient(Map<String, Tensor> gradients, String name, Tensor t) {
    if (t.grad() != null) {
      gradients.put(name, t.grad());
    }
  }
}
