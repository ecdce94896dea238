package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.tck.tensor.RelataTck;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The functional forms check what they are given: a kernel would read past the end. */
class GraphOpsTest extends RelataTck {
  private Adjacency g() {
    return Adjacency.of(relata, "test", 2, 3, new int[] {0, 1, 1, 0}, new int[] {0, 0, 1, 2});
  }

  private static void refused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(RelataException.class).hasMessageContainingAll(words);
  }

  @Test
  void everyOperandNeedsARowForEachOfItsItems() {
    Tensor two = relata.ones(2, 1);
    Tensor three = relata.ones(3, 1);
    refused(
        () -> GraphOps.copyReduce(g(), Reducer.SUM, Arg.u(three)),
        "wrong number of rows [FIELD_ROWS]",
        "gspmm, operand u (source nodes)",
        "2 rows");
    refused(
        () -> GraphOps.copyReduce(g(), Reducer.MAX, Arg.e(three)), "operand e (edges)", "4 rows");
    refused(
        () -> GraphOps.gspmm(g(), MessageOp.ADD, Reducer.SUM, Arg.u(two), Arg.v(two)),
        "gspmm, operand v (destination nodes)",
        "3 rows");
    refused(() -> GraphOps.gsddmm(g(), MessageOp.COPY, Arg.u(three), null), "gsddmm, operand u");
    refused(
        () -> GraphOps.gsddmm(g(), MessageOp.MUL, Arg.u(two), Arg.e(three)), "gsddmm, operand e");
    refused(() -> GraphOps.edgeSoftmax(g(), three), "edgeSoftmax, operand e", "4 rows");
    refused(
        () -> GraphOps.copyReduce(g(), Reducer.SUM, Arg.u(relata.full(1, DType.FLOAT32))),
        "2 rows",
        "shape ()");
  }

  @Test
  void messagesAreFloatingPoint() {
    Tensor whole = relata.tensor(new int[] {1, 2});
    refused(
        () -> GraphOps.copyReduce(g(), Reducer.SUM, Arg.u(whole)),
        "Messages need floating-point features [DTYPE]",
        "INT32");
  }

  @Test
  void graphAndFeaturesBelongToOneRuntime() {
    try (Relata other = open()) {
      refused(
          () -> GraphOps.copyReduce(g(), Reducer.SUM, Arg.u(other.ones(2, 1))),
          "different runtimes [LIFETIME]");
    }
  }

  @Test
  void gradientsAreSummedOverTheAxesThatWereBroadcast() {
    Tensor x = relata.ones(2, 4, 1).requiresGrad(true);
    Tensor y = relata.ones(4, 1, 1).requiresGrad(true);
    GraphOps.gspmm(g(), MessageOp.ADD, Reducer.SUM, Arg.u(x), Arg.e(y)).sum().backward();
    assertThat(y.grad().shape()).isEqualTo(y.shape());
    assertThat(y.grad().toDoubleArray()).containsExactly(4, 4, 4, 4);
    assertThat(x.grad().toDoubleArray()).containsOnly(2);
  }

  @Test
  void copyTakesOneOperandAndEveryOtherMessageTwo() {
    Arg x = Arg.u(relata.ones(2, 1));
    refused(
        () -> GraphOps.gspmm(g(), MessageOp.COPY, Reducer.SUM, x, x),
        "Copy takes one operand, every other message two [ARGUMENT]",
        "COPY with two operands");
    refused(
        () -> GraphOps.gsddmm(g(), MessageOp.ADD, x, null), "[ARGUMENT]", "ADD with one operand");
  }
}
