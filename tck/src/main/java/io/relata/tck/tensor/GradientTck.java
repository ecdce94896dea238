package io.relata.tck.tensor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** Collects gradient checks; each becomes a test of its own, named by operation and shapes. */
public abstract class GradientTck extends RelataTck {
  private final List<DynamicTest> tests = new ArrayList<>();

  /** Adds a check of an operation on random inputs of the given shapes. */
  protected final void add(
      String name, Domain domain, GradientCheck.Operation operation, Shape... shapes) {
    String what = name + " " + Arrays.toString(shapes);
    tests.add(dynamicTest(what, () -> check(what, domain, operation, shapes)));
  }

  /** Adds a test of its own, for many checks under one name. */
  protected final void add(String name, Executable checks) {
    tests.add(dynamicTest(name, checks));
  }

  /** Checks an operation on random inputs of the given shapes, now. */
  protected final void check(
      String what, Domain domain, GradientCheck.Operation operation, Shape... shapes) {
    Tensor[] inputs = new Tensor[shapes.length];
    for (int i = 0; i < shapes.length; i++) {
      double[] values = domain.numbers(100L * i + what.length(), shapes[i].size());
      inputs[i] = tensor(DType.FLOAT64, values, shapes[i]);
    }
    GradientCheck.check(relata, what, operation, inputs);
  }

  /** Checks an operation on these inputs, now. */
  protected final void check(String what, GradientCheck.Operation operation, Tensor... inputs) {
    GradientCheck.check(relata, what, operation, inputs);
  }

  /** What was added, once. */
  protected final List<DynamicTest> added() {
    List<DynamicTest> all = List.copyOf(tests);
    tests.clear();
    return all;
  }
}
