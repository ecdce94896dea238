package io.relata.graph;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.GradientSums;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import io.relata.spi.GraphKernels;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * {@link GraphOps#attention}: in one pass where the backend has a kernel for it, else composed of
 * the other operations.
 *
 * @param edge may be null
 */
record AdditiveAttention(
    Adjacency graph, Tensor source, Tensor destination, Tensor edge, double slope, Tensor values) {
  private static final String WHERE = "attention";

  Tensor apply() {
    check();
    if (values.shape().rowSize() > 0) {
      Tensor out = graph.relata().empty(values.dtype(), values.shape().with(0, graph.numDst()));
      // The kernel of the gradient needs these; where nobody asks for gradients they are not made.
      Tensor statistics =
          asksForGradients()
              ? graph.relata().empty(values.dtype(), Shape.of(graph.numDst(), values.dim(1), 2))
              : null;
      Tensor derivative =
          destination.needsRecord() && kernels().attentionDerivative()
              ? graph.relata().empty(values.dtype(), out.shape())
              : null;
      boolean done = kernels().attention(call(out, statistics, derivative));
      reachabilityFence(this);
      reachabilityFence(out);
      reachabilityFence(statistics);
      reachabilityFence(derivative);
      if (done) {
        return Tensor.record(
                WHERE,
                out,
                (gradient, sums) -> gradients(out, statistics, derivative, gradient, sums),
                source,
                destination,
                edge,
                values)
            .freeWithRecord(statistics, derivative);
      }
    }
    return composed();
  }

  private boolean asksForGradients() {
    return source.needsRecord()
        || destination.needsRecord()
        || edge != null && edge.needsRecord()
        || values.needsRecord();
  }

  private GraphKernels kernels() {
    return graph.relata().backend().graph();
  }

  private static Array array(Tensor t) {
    return t == null ? null : t.array();
  }

  private AttentionCall call(Tensor out, Tensor statistics, Tensor derivative) {
    return new AttentionCall(
        graph.in(),
        Math.toIntExact(values.dim(1)),
        Math.toIntExact(values.dim(2)),
        source.array(),
        destination.array(),
        array(edge),
        slope,
        values.array(),
        out.array(),
        array(statistics),
        array(derivative));
  }

  private Tensor[] gradients(
      Tensor out, Tensor statistics, Tensor derivative, Tensor gradient, GradientSums sums) {
    Relata relata = graph.relata();
    DType dtype = values.dtype();
    boolean kept = kernels().attentionDerivative();
    boolean edgeAsks = edge != null && edge.requiresGrad();
    Tensor dSource = relata.empty(dtype, source.shape());
    Tensor dDestination = relata.empty(dtype, destination.shape());
    Tensor dEdge =
        edgeAsks || !kept ? relata.empty(dtype, Shape.of(graph.numEdges(), values.dim(1))) : null;
    boolean inPlace =
        derivative != null
            && values.requiresGrad()
            && sums.isLast()
            && derivative.shape().equals(values.shape());
    Tensor dValues = inPlace ? derivative : relata.empty(dtype, values.shape());
    kernels()
        .attentionGrad(
            new AttentionGradCall(
                call(out, statistics, derivative),
                graph.out(),
                gradient.array(),
                dSource.array(),
                dDestination.array(),
                array(dEdge),
                dValues.array()));
    reachabilityFence(this);
    reachabilityFence(out);
    reachabilityFence(statistics);
    reachabilityFence(derivative);
    reachabilityFence(gradient);
    reachabilityFence(dEdge);
    return new Tensor[] {
      source.requiresGrad() ? dSource : null,
      derivative != null || !kept && destination.requiresGrad() ? dDestination : null,
      edgeAsks ? dEdge : null,
      values.requiresGrad() ? dValues : null
    };
  }

  private Tensor composed() {
    Tensor terms = GraphOps.gsddmm(graph, MessageOp.ADD, Arg.u(source), Arg.v(destination), WHERE);
    Tensor logits = (edge == null ? terms : terms.add(edge)).leakyRelu(slope);
    Tensor weights = GraphOps.edgeSoftmax(graph, logits).unsqueeze(2);
    return GraphOps.gspmm(graph, MessageOp.MUL, Reducer.SUM, Arg.u(values), Arg.e(weights));
  }

  // ---- checks ----

  private void check() {
    GraphOps.check(graph, WHERE + ", values", Arg.u(values));
    if (!values.dtype().isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "Attention does not compute in half precision")
          .where(WHERE + ", values")
          .expected("FLOAT32 or FLOAT64")
          .found(values.dtype() + " of shape " + values.shape())
          .remedy("convert with .to(DType.FLOAT32)")
          .build();
    }
    if (values.shape().rank() != 3) {
      throw RelataException.of(ErrorId.SHAPE, "Attention needs values by head")
          .where(WHERE + ", values")
          .expected("(" + graph.numSrc() + ", heads, width)")
          .found("shape " + values.shape())
          .remedy("reshape the values; one head has the shape (N, 1, width)")
          .build();
    }
    check("source", Arg.u(source));
    check("destination", Arg.v(destination));
    if (edge != null) {
      check("edge", Arg.e(edge));
    }
  }

  private void check(String name, Arg arg) {
    String where = WHERE + ", " + name;
    GraphOps.check(graph, where, arg);
    Tensor t = arg.value();
    if (t.dtype() != values.dtype()) {
      throw RelataException.of(ErrorId.DTYPE, "The operands of attention have different types")
          .where(where)
          .expected(values.dtype() + ", as the values")
          .found(t.dtype().toString())
          .remedy("convert one with .to(DType." + values.dtype() + ")")
          .build();
    }
    Shape expected = Shape.of(t.dim(0), values.dim(1));
    if (!t.shape().equals(expected)) {
      throw RelataException.of(ErrorId.SHAPE, "Attention needs a number for each row and head")
          .where(where)
          .expected(expected + ", for values of shape " + values.shape())
          .found("shape " + t.shape())
          .remedy("reshape it")
          .build();
    }
  }
}
