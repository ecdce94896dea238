package io.relata.tck.function;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.tck.graph.TestGraph;
import io.relata.tck.tensor.Domain;

/** Test graphs with fields, for functions that are called through a {@link HeteroGraph}. */
final class Relations {
  private Relations() {}

  /** The graph's edges as relation 'r' from 'a' to 'b'. */
  static HeteroGraph of(Relata relata, TestGraph g) {
    return HeteroGraph.builder(relata)
        .nodes("a", g.numSrc())
        .nodes("b", g.numDst())
        .relation("a", "r", "b", g.src(), g.dst())
        .build();
  }

  /** Numbers between -2 and 2, none of them 0. */
  static Tensor numbers(Relata relata, long seed, DType dtype, Shape shape) {
    double[] values = Domain.NONZERO.numbers(seed, shape.size());
    return relata.tensor(values, values.length).to(dtype).reshape(shape);
  }
}
