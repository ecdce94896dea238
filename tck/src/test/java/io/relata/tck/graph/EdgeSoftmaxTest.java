package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.EdgeSoftmax;
import io.relata.graph.NormBy;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the golden cases do not show: masked logits, relations without edges, bad input. */
class EdgeSoftmaxTest {
  private static final double MASKED = Double.NEGATIVE_INFINITY;
  private static final Offset<Double> CLOSE = within(1e-15);

  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static Adjacency edges(int[] src, int[] dst) {
    return Adjacency.of(relata, "test", 3, 3, src, dst);
  }

  private static Tensor column(double... x) {
    return relata.tensor(x, x.length);
  }

  @Test
  void maskedLogitsWeighNothingAndARowOfThemGivesZeros() {
    Adjacency g = edges(new int[] {0, 1, 2, 0}, new int[] {1, 1, 2, 2});
    Tensor logits = column(2, MASKED, MASKED, MASKED).requiresGrad(true);
    Tensor y = EdgeSoftmax.of(g, NormBy.DESTINATION, logits);
    y.mul(column(1, 2, 3, 4)).sum().backward();
    assertThat(y.toDoubleArray()).containsExactly(1, 0, 0, 0);
    assertThat(logits.grad().toDoubleArray()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void bySourceIsByDestinationOfTheReverse() {
    Adjacency g = edges(new int[] {0, 0, 2, 0}, new int[] {1, 2, 2, 1});
    Tensor logits = column(0.5, -1, 3, 2);
    assertThat(EdgeSoftmax.of(g, NormBy.SOURCE, logits).toDoubleArray())
        .containsExactly(EdgeSoftmax.of(g.reversed(), NormBy.DESTINATION, logits).toDoubleArray());
  }

  @Test
  void relationsWithoutEdgesChangeNothingAcrossRelations() {
    Adjacency a = edges(new int[] {0, 1}, new int[] {1, 1});
    Adjacency none = edges(new int[0], new int[0]);
    Adjacency b = edges(new int[] {2}, new int[] {1});
    List<Tensor> y =
        EdgeSoftmax.across(
            List.of(a, none, b),
            NormBy.DESTINATION,
            List.of(column(1, 1), relata.tensor(new double[0], 0), column(1)));
    assertThat(y.get(0).toDoubleArray()).containsExactly(new double[] {1 / 3., 1 / 3.}, CLOSE);
    assertThat(y.get(1).size()).isZero();
    assertThat(y.get(2).toDoubleArray()).containsExactly(new double[] {1 / 3.}, CLOSE);
  }

  @Test
  void acrossRelationsEveryNodeHasASumOfItsOwn() {
    Adjacency a = edges(new int[] {0, 1, 2}, new int[] {2, 0, 1});
    Adjacency b = edges(new int[] {1, 1}, new int[] {0, 2});
    List<Tensor> logits = List.of(column(1, 2, 3), column(2, 1));
    List<Tensor> into = EdgeSoftmax.across(List.of(a, b), NormBy.DESTINATION, logits);
    assertThat(into.get(0).toDoubleArray()).containsExactly(new double[] {0.5, 0.5, 1}, CLOSE);
    assertThat(into.get(1).toDoubleArray()).containsExactly(new double[] {0.5, 0.5}, CLOSE);
    List<Tensor> from = EdgeSoftmax.across(List.of(a, b), NormBy.SOURCE, logits);
    double two = Math.E / (2 * Math.E + 1);
    assertThat(from.get(0).toDoubleArray()).containsExactly(new double[] {1, two, 1}, CLOSE);
    assertThat(from.get(1).toDoubleArray())
        .containsExactly(new double[] {two, 1 / (2 * Math.E + 1)}, CLOSE);
  }

  @Test
  void eachRelationsLogitsNeedARowForEachOfItsEdges() {
    Adjacency a = edges(new int[] {0, 1}, new int[] {1, 1});
    Adjacency b = edges(new int[] {2}, new int[] {1});
    // Three rows in all would fit; the borders between relations would not.
    assertThatThrownBy(
            () ->
                EdgeSoftmax.across(
                    List.of(a, b), NormBy.DESTINATION, List.of(column(1), column(1, 2))))
        .hasMessageContaining("edgeSoftmax, relation 0")
        .hasMessageContaining("2 rows");
    assertThatThrownBy(
            () -> EdgeSoftmax.across(List.of(a, b), NormBy.SOURCE, List.of(column(1, 2))))
        .hasMessageContaining("2 relations, 1 tensors");
  }

  @Test
  void edgesOutsideTheSubsetTakeNoPart() {
    Adjacency g = edges(new int[] {0, 1, 2}, new int[] {1, 1, 1});
    Tensor y = EdgeSoftmax.ofEdges(g, NormBy.DESTINATION, new int[] {2, 0}, column(0, 0));
    assertThat(y.toDoubleArray()).containsExactly(0.5, 0.5);
  }

  @Test
  void anEdgeNamedTwiceIsRefused() {
    Adjacency g = edges(new int[] {0, 1}, new int[] {1, 1});
    int[] twice = {1, 1};
    assertThatThrownBy(() -> EdgeSoftmax.ofEdges(g, NormBy.SOURCE, twice, column(0, 0)))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("Some edges are needed, each at most once [INDEX]")
        .hasMessageContaining("position 1");
  }

  @Test
  void relationsIntoDifferentNodesAreRefused() {
    Adjacency a = edges(new int[] {0}, new int[] {1});
    Adjacency b = Adjacency.of(relata, "test", 3, 4, new int[] {0}, new int[] {3});
    assertThatThrownBy(
            () ->
                EdgeSoftmax.across(
                    List.of(a, b), NormBy.DESTINATION, List.of(column(0), column(0))))
        .hasMessageContaining("The relations do not share their nodes [ARGUMENT]")
        .hasMessageContaining("3 nodes")
        .hasMessageContaining("4");
  }
}
