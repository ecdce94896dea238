package io.relata.nn.graph;

import io.relata.DType;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/** A graph's normalised adjacency as a linear map of node features, for layers that repeat it. */
final class Propagation {
  private final Adjacency g;
  private final Tensor source;
  private final Tensor destination;
  private final Tensor weight;

  private Propagation(Adjacency g, Tensor source, Tensor destination, Tensor weight) {
    this.g = g;
    this.source = source;
    this.destination = destination;
    this.weight = weight;
  }

  /** Scales by 1 / sqrt(out-degree) at the source, 1 / sqrt(in-degree) at the destination. */
  static Propagation byDegrees(Adjacency g, DType dtype) {
    return new Propagation(g, scale(g.reversed(), dtype), scale(g, dtype), null);
  }

  /** Scales by 1 / sqrt(in-degree) at both ends. */
  static Propagation byInDegrees(Adjacency g, DType dtype) {
    Tensor scale = scale(g, dtype);
    return new Propagation(g, scale, scale, null);
  }

  /** Multiplies each message by its weight, (E,) or (E, 1), as {@link EdgeWeightNorm} scales it. */
  static Propagation byWeights(Adjacency g, Tensor weight) {
    return new Propagation(
        g, null, null, EdgeWeightNorm.of(g, Norm.BOTH, weight).reshape(g.numEdges()));
  }

  /** By weights if there are any, else by degrees. */
  static Propagation of(Adjacency g, Tensor weight, boolean inDegreesOnly, DType dtype) {
    if (weight != null) {
      return byWeights(g, weight);
    }
    return inDegreesOnly ? byInDegrees(g, dtype) : byDegrees(g, dtype);
  }

  private static Tensor scale(Adjacency g, DType dtype) {
    return g.inverseInDegrees(dtype).sqrt().reshape(g.numDst(), 1);
  }

  /** One step: (N, D) to (N, D). */
  Tensor step(Tensor x) {
    if (weight != null) {
      return GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(x), Arg.e(weight));
    }
    return GraphOps.copyReduce(g, Reducer.SUM, Arg.u(x.mul(source))).mul(destination);
  }
}
