package io.relata.hetero;

import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.spi.Reducer;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What belongs to two devices does not mix, and can be copied from one to the other. */
class TwoRuntimesTest extends RuntimeTest {
  private static Relata other;

  @BeforeAll
  static void openOther() {
    other = Relata.open();
  }

  @AfterAll
  static void closeOther() {
    other.close();
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.LIFETIME))
        .hasMessageContaining("different runtimes");
  }

  @TestFactory
  Stream<DynamicTest> operationsOfTwoTensorsRefuseTwoRuntimes() {
    Map<String, BinaryOperator<Tensor>> operations =
        Map.ofEntries(
            Map.entry("add", Tensor::add),
            Map.entry("div", Tensor::div),
            Map.entry("pow", Tensor::pow),
            Map.entry("maximum", Tensor::maximum),
            Map.entry("eq", Tensor::eq),
            Map.entry("dot", Tensor::dot),
            Map.entry("matmul", Tensor::matmul),
            Map.entry("matmul transposed", (x, y) -> x.matmul(true, y, false)),
            Map.entry("concat", (x, y) -> Tensor.concat(0, x, y)),
            Map.entry("stack", (x, y) -> Tensor.stack(0, List.of(x, y))),
            Map.entry("where", (x, y) -> Tensor.where(x.gt(0), x, y)),
            Map.entry("where, condition", (x, y) -> Tensor.where(y.gt(0), x, x)),
            Map.entry("indexSelect", (x, y) -> x.indexSelect(0, y.to(DType.INT32).reshape(-1))),
            Map.entry("indexAdd", (x, y) -> x.indexAdd(x.relata().tensor(new int[] {0, 1}), y)),
            Map.entry(
                "assign",
                (x, y) -> {
                  x.assign(y);
                  return x;
                }),
            Map.entry(
                "setGrad",
                (x, y) -> {
                  x.setGrad(y);
                  return x;
                }),
            Map.entry(
                "backward",
                (x, y) -> {
                  x.detach().requiresGrad(true).mul(2).backward(y);
                  return x;
                }),
            Map.entry(
                "segmentReduce",
                (x, y) -> SegmentOps.segmentReduce(Segments.of(x.relata(), 1, 1), Reducer.SUM, y)),
            Map.entry(
                "segmentMatmul",
                (x, y) ->
                    SegmentOps.segmentMatmul(Segments.of(x.relata(), 2), x, y.reshape(1, 2, 2))));
    return operations.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey(),
                    () -> {
                      Tensor x = relata.ones(2, 2);
                      refused(() -> e.getValue().apply(x, other.ones(2, 2)));
                      e.getValue().apply(x, relata.ones(2, 2));
                    }));
  }

  @Test
  void fieldsOfAnotherRuntimeAreRefused() {
    HeteroGraph g = plain(2, new int[] {0}, new int[] {1});
    refused(() -> g.nodes().set("h", other.ones(2, 3)));
    refused(() -> g.edges().set("w", other.ones(1, 3)));
  }

  @Test
  void aCopiedTensorHasTheSameElementsAndGradientsFlowBack() {
    Tensor x = relata.randn(300, 7).requiresGrad(true);
    Tensor y = x.to(other);
    assertThat(y.relata()).isSameAs(other);
    assertThat(y.toFloatArray()).isEqualTo(x.toFloatArray());
    assertThat(x.to(relata)).isSameAs(x);
    y.mul(3).sum().backward();
    assertThat(x.grad().relata()).isSameAs(relata);
    assertThat(x.grad().toFloatArray()).containsOnly(3);
    assertThat(relata.zeros(0, 4).to(other).shape().toString()).isEqualTo("(0, 4)");
    Tensor part = relata.arange(0, 10, DType.INT64).slice(0, 4, 7).to(other);
    assertThat(part.toLongArray()).containsExactly(4, 5, 6);
  }

  @Test
  void aCopiedGraphComputesTheSame() {
    HeteroGraph g = plain(3, new int[] {0, 1, 2, 0}, new int[] {1, 2, 0, 2});
    g.nodes().set("h", relata.tensor(new float[] {1, 2, 4}, 3, 1));
    g.edges().set("w", tens(4));
    HeteroGraph sub = g.subgraph(2, 0);
    for (HeteroGraph original : List.of(g, sub)) {
      HeteroGraph copy = original.to(other);
      assertThat(copy.relata()).isSameAs(other);
      assertThat(copy.toString()).isEqualTo(original.toString());
      original.updateAll(copyU("h", "m"), sum("m", "s"));
      copy.updateAll(copyU("h", "m"), sum("m", "s"));
      assertThat(copy.nodes().get("s").toFloatArray())
          .isEqualTo(original.nodes().get("s").toFloatArray());
    }
    assertThat(sub.to(other).parentNodes(HeteroGraph.NODE).toIntArray()).containsExactly(2, 0);
    assertThat(g.to(relata)).isSameAs(g);
  }
}
