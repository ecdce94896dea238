package io.relata.tck.tensor;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Shape;
import io.relata.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Opens the runtime that all tests of a class share; override {@link #open} to choose another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RelataTck {
  /** The runtime under test. */
  protected Relata relata;

  /** Chooses the runtime. */
  protected Relata open() {
    return Relata.open();
  }

  @BeforeAll
  void openRuntime() {
    relata = open();
  }

  @AfterAll
  void closeRuntime() {
    relata.close();
  }

  /** A tensor of any type with these elements; unlike {@code Relata.tensor} also a scalar. */
  protected Tensor tensor(DType dtype, double[] values, Shape shape) {
    return relata.tensor(values, values.length).to(dtype).reshape(shape);
  }
}
