package io.relata.examples.cora;

import static io.relata.nn.loss.Losses.crossEntropy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.LayerContext;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms compute the same function, on random graphs with isolated nodes and double edges. */
class FormsAgreeTest {
  private static final int NODES = 40;
  private static final int EDGES = 150;
  private static final int WORDS = 9;
  private static final int HIDDEN = 5;
  private static final int CLASSES = 3;
  private static final Offset<Double> ROUNDING = within(1e-10);

  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  /** Scores, the loss's gradient at every parameter, and at the features. */
  private static Map<String, double[]> numbers(Form form, long seed) {
    relata.seed(seed);
    Random random = new Random(seed);
    // Only the first 30 nodes have edges.
    int[] src = random.ints(EDGES, 0, 30).toArray();
    int[] dst = random.ints(EDGES, 0, 30).toArray();
    HeteroGraph g = HeteroGraph.homogeneous(relata, NODES, src, dst);
    g.edges().set("w", relata.full(1, DType.FLOAT64, EDGES, 1));
    LayerContext context = new LayerContext(relata, DType.FLOAT64);
    Sage model = new Sage(context, form, WORDS, HIDDEN, CLASSES);
    Tensor x = relata.normal(0, 1, DType.FLOAT64, NODES, WORDS).requiresGrad(true);
    Tensor labels = relata.tensor(random.ints(NODES, 0, CLASSES).toArray());
    Tensor scores = model.forward(g, x);
    crossEntropy(scores, labels).backward();
    Map<String, double[]> all = new TreeMap<>();
    all.put("scores", scores.toDoubleArray());
    all.put("features", x.grad().toDoubleArray());
    model.namedParameters().forEach((name, p) -> all.put(name, p.grad().toDoubleArray()));
    assertThat(g.nodes().fields()).as("layers leave no trace in the graph").isEmpty();
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void scoresAndGradientsAreTheSameInFloat64(long seed) {
    Map<String, double[]> plain = numbers(Form.PLAIN, seed);
    assertThat(Arrays.stream(plain.get("conv1.linear.weight")).map(Math::abs).max().orElse(0))
        .as("gradients are not trivially equal")
        .isGreaterThan(1e-3);
    for (Form form : new Form[] {Form.WEIGHTED, Form.USER_DEFINED}) {
      Map<String, double[]> other = numbers(form, seed);
      assertThat(other).containsOnlyKeys(plain.keySet());
      plain.forEach(
          (name, values) ->
              assertThat(other.get(name)).as(form + ", " + name).containsExactly(values, ROUNDING));
    }
  }

  /** A layer against the formula, so that forms cannot agree on something else. */
  @ParameterizedTest
  @EnumSource
  void aLayerIsTheFormula(Form form) {
    int[] src = {1, 2, 2, 0};
    int[] dst = {0, 0, 0, 2};
    HeteroGraph g = HeteroGraph.homogeneous(relata, 3, src, dst);
    g.edges().set("w", relata.full(1, DType.FLOAT64, 4, 1));
    SageLayer layer = form.layer(new LayerContext(relata, DType.FLOAT64), 1, 1);
    Map<String, Tensor> state = layer.stateDict();
    state.get("linear.weight").assign(relata.tensor(new double[] {10, 1}, 1, 2));
    state.get("linear.bias").assign(relata.tensor(new double[] {1000}));
    Tensor h = relata.tensor(new double[] {1, 3, 6}, 3, 1);
    // Own features times 10, mean of neighbours (3, 6, 6), none, (1), and the bias.
    assertThat(layer.forward(g, h).toDoubleArray())
        .containsExactly(new double[] {1015, 1030, 1061}, ROUNDING);
  }

  @ParameterizedTest
  @EnumSource(names = {"WEIGHTED", "USER_DEFINED"})
  void edgeWeightsCount(Form form) {
    int[] all = IntStream.range(0, 4).toArray();
    HeteroGraph g = HeteroGraph.homogeneous(relata, 4, all, new int[] {1, 1, 3, 3});
    g.edges().set("w", relata.tensor(new double[] {1, 2, 0.5, -1}, 4, 1));
    SageLayer layer = form.layer(new LayerContext(relata, DType.FLOAT64), 1, 1);
    Map<String, Tensor> state = layer.stateDict();
    state.get("linear.weight").assign(relata.tensor(new double[] {0, 1}, 1, 2));
    state.get("linear.bias").assign(relata.tensor(new double[] {0}));
    Tensor h = relata.tensor(new double[] {4, 6, 8, 2}, 4, 1);
    assertThat(layer.forward(g, h).toDoubleArray())
        .containsExactly(new double[] {0, 8, 0, 1}, ROUNDING);
  }
}
