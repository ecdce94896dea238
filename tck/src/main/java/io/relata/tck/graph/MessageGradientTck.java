package io.relata.tck.graph;

import static io.relata.tck.tensor.Domain.ANY;
import static io.relata.tck.tensor.Domain.NONZERO;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.Term;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.tensor.GradientTck;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Gradients of every message, reduced every way and per edge, for every way rows can meet. */
public abstract class MessageGradientTck extends GradientTck {
  private Shape[] shapes(TestGraph g, MessageForm m, MessageForm.Rows rows) {
    Shape left = rows.left().prepend(MessageForm.count(g, m.left()));
    return m.right() == null
        ? new Shape[] {left}
        : new Shape[] {left, rows.right().prepend(MessageForm.count(g, m.right()))};
  }

  /** A function of a graph, a message and its two operands; the second is null for copy. */
  private interface Product {
    Tensor apply(Adjacency graph, MessageForm message, Arg left, Arg right);
  }

  private void every(String name, Product product) {
    for (MessageForm m : MessageForm.all()) {
      add(m + " " + name, () -> TestGraph.small().forEach(g -> every(g, m, name, product)));
    }
  }

  private void every(TestGraph g, MessageForm m, String name, Product product) {
    Adjacency a = g.on(relata);
    // Where hardly an edge is, the first shapes tell all.
    List<MessageForm.Rows> some = g.numEdges() > 4 ? m.rows() : m.rows().subList(0, 3);
    for (MessageForm.Rows rows : some) {
      check(
          m + " " + name + ", " + rows + ", " + g,
          NONZERO,
          x ->
              product.apply(
                  a,
                  m,
                  MessageForm.arg(m.left(), x[0]),
                  MessageForm.arg(m.right(), x.length == 1 ? null : x[1])),
          shapes(g, m, rows));
    }
  }

  private void reduced(Reducer reducer) {
    every(reducer.toString(), (a, m, l, r) -> GraphOps.gspmm(a, m.op(), reducer, l, r));
  }

  @Test
  void thereAreThirtyTwoMessages() {
    assertThat(MessageForm.all()).hasSize(32).doesNotHaveDuplicates();
  }

  @TestFactory
  List<DynamicTest> sums() {
    reduced(Reducer.SUM);
    return added();
  }

  @TestFactory
  List<DynamicTest> means() {
    reduced(Reducer.MEAN);
    return added();
  }

  @TestFactory
  List<DynamicTest> maxima() {
    reduced(Reducer.MAX);
    return added();
  }

  @TestFactory
  List<DynamicTest> minima() {
    reduced(Reducer.MIN);
    return added();
  }

  @TestFactory
  List<DynamicTest> messagesOfEdges() {
    every("per edge", (a, m, l, r) -> GraphOps.gsddmm(a, m.op(), l, r));
    return added();
  }

  @TestFactory
  List<DynamicTest> oneTensorOnBothSides() {
    TestGraph g = TestGraph.hub(3, 4, 11);
    Adjacency a = g.on(relata);
    for (Reducer r : Reducer.values()) {
      for (MessageOp op : MessageOp.values()) {
        if (op != MessageOp.COPY) {
          add(
              "u_" + op + "_v of one tensor, " + r,
              NONZERO,
              x -> GraphOps.gspmm(a, op, r, Arg.u(x[0]), Arg.v(x[0])),
              Shape.of(4, 3));
        }
      }
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> reversedViews() {
    TestGraph g = TestGraph.random(4, 5, 3, 8);
    Adjacency a = g.on(relata).reversed();
    for (Reducer r : Reducer.values()) {
      add(
          "u_mul_e on a reversed view, " + r,
          NONZERO,
          x -> GraphOps.gspmm(a, MessageOp.MUL, r, Arg.u(x[0]), Arg.e(x[1])),
          Shape.of(3, 2),
          Shape.of(8, 1));
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> softmaxOverInEdges() {
    for (TestGraph g : TestGraph.small()) {
      Adjacency a = g.on(relata);
      for (Shape row : List.of(Shape.of(), Shape.of(1), Shape.of(3), Shape.of(2, 3))) {
        Shape logits = row.prepend(g.numEdges());
        add("edgeSoftmax, " + g, ANY, x -> GraphOps.edgeSoftmax(a, x[0]), logits);
        add("by source, " + g, ANY, x -> GraphOps.edgeSoftmax(a.reversed(), x[0]), logits);
      }
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> severalRelationsAddToOneResult() {
    TestGraph[] graphs = {
      TestGraph.random(5, 4, 3, 7),
      new TestGraph("no edges", 2, 3, new int[0], new int[0]),
      new TestGraph("few", 5, 3, new int[] {4, 4, 0}, new int[] {2, 2, 0})
    };
    Adjacency[] a = new Adjacency[3];
    for (int i = 0; i < 3; i++) {
      a[i] = graphs[i].on(relata);
    }
    for (Reducer first : List.of(Reducer.SUM, Reducer.MEAN)) {
      add(
          "three relations, " + first + " first",
          NONZERO,
          x ->
              GraphOps.gspmmSum(
                  List.of(
                      new Term(a[0], MessageOp.COPY, first, Arg.u(x[0]), null, "a"),
                      new Term(a[1], MessageOp.COPY, Reducer.MEAN, Arg.u(x[1]), null, "b"),
                      new Term(a[2], MessageOp.MUL, Reducer.SUM, Arg.u(x[2]), Arg.e(x[3]), "c"))),
          Shape.of(4, 2),
          Shape.of(2, 2),
          Shape.of(5, 2),
          Shape.of(3, 1));
      add(
          "one tensor along two relations, " + first,
          NONZERO,
          x ->
              GraphOps.gspmmSum(
                  List.of(
                      new Term(a[0], MessageOp.ADD, first, Arg.u(x[0]), Arg.v(x[1]), "a"),
                      new Term(a[0], MessageOp.DIV, Reducer.MEAN, Arg.v(x[1]), Arg.u(x[0]), "b"))),
          Shape.of(4, 2),
          Shape.of(3, 2));
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> targetsOfOperandsMayBeEqual() {
    TestGraph g = TestGraph.random(6, 4, 4, 9);
    Adjacency a = g.on(relata);
    for (Target t : Target.values()) {
      Shape rows = Shape.of(MessageForm.count(g, t), 2);
      add(
          t + " times " + t,
          NONZERO,
          x -> GraphOps.gspmm(a, MessageOp.MUL, Reducer.SUM, new Arg(t, x[0]), new Arg(t, x[1])),
          rows,
          rows);
    }
    return added();
  }
}
