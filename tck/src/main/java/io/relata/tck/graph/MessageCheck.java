package io.relata.tck.graph;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.tck.tensor.Domain;
import io.relata.tck.tensor.Oracle;

/**
 * One message on one graph, per edge and with every reducer, against {@link MessageOracle}: values,
 * and gradients where asked.
 *
 * @param graph the edges
 * @param dtype type of both operands
 * @param form the message
 * @param rows the operands' row shapes
 */
record MessageCheck(TestGraph graph, DType dtype, MessageForm form, MessageForm.Rows rows) {
  /** Whole numbers make sums of products exact, so that it is known which dot product is larger. */
  private double[] numbers(long seed, long count) {
    Domain domain = form.op() == MessageOp.DOT ? Domain.WHOLE : Domain.NONZERO;
    return Oracle.rounded(dtype, domain.numbers(seed, count));
  }

  private double[] left() {
    return numbers(1, MessageForm.count(graph, form.left()) * rows.left().size());
  }

  private double[] right() {
    return form.right() == null
        ? null
        : numbers(2, MessageForm.count(graph, form.right()) * rows.right().size());
  }

  MessageOracle oracle() {
    return new MessageOracle(graph, form, rows, dtype, left(), right());
  }

  private Tensor tensor(Relata relata, double[] values, Shape shape) {
    return relata.tensor(values, values.length).to(dtype).reshape(shape);
  }

  /** Compares; {@code g} holds this check's graph. */
  void run(Adjacency g, boolean gradients) {
    Relata relata = g.relata();
    MessageOracle oracle = oracle();
    Shape leftShape = rows.left().prepend(MessageForm.count(graph, form.left()));
    try (Scope _ = relata.scope()) {
      Tensor x = tensor(relata, left(), leftShape).requiresGrad(gradients);
      Tensor y = null;
      if (form.right() != null) {
        Shape rightShape = rows.right().prepend(MessageForm.count(graph, form.right()));
        y = tensor(relata, right(), rightShape).requiresGrad(gradients);
      }
      Arg lhs = MessageForm.arg(form.left(), x);
      Arg rhs = MessageForm.arg(form.right(), y);
      compare(null, GraphOps.gsddmm(g, form.op(), lhs, rhs), oracle, x, y);
      for (Reducer r : Reducer.values()) {
        compare(r, GraphOps.gspmm(g, form.op(), r, lhs, rhs), oracle, x, y);
      }
    }
  }

  private void compare(Reducer reducer, Tensor out, MessageOracle oracle, Tensor x, Tensor y) {
    String what = (reducer == null ? "" : reducer + " of ") + this;
    int count = reducer == null ? graph.numEdges() : graph.numDst();
    Shape shape = oracle.feature().prepend(count);
    MessageOracle.Numbers expected = reducer == null ? oracle.perEdge() : oracle.reduced(reducer);
    expected.requireEqual(what, out, dtype, shape);
    if (!x.requiresGrad()) {
      return;
    }
    x.zeroGrad();
    double[] cotangent = numbers(3, shape.size());
    MessageOracle.Numbers[] gradients = oracle.gradients(reducer, cotangent);
    if (y != null) {
      y.zeroGrad();
    }
    out.backward(tensor(x.relata(), cotangent, shape));
    gradients[0].requireEqual("left gradient, " + what, x.grad(), dtype, x.shape());
    if (y != null) {
      gradients[1].requireEqual("right gradient, " + what, y.grad(), dtype, y.shape());
    }
  }

  @Override
  public String toString() {
    return form + " in " + dtype + ", rows " + rows + ", " + graph;
  }
}
