package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.graph.GoldenLayers.Case;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers give DGL's results and gradients for fixed weights. */
class GoldenLayersTest {
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  static Stream<Arguments> cases() {
    return Stream.of(
            "GraphConv", "SAGEConv", "RelGraphConv", "GATConv", "GATv2Conv", "GINConv", "EdgeConv")
        .flatMap(m -> GoldenLayers.of(m).stream())
        .flatMap(c -> Stream.of(DType.FLOAT64, DType.FLOAT32).map(t -> Arguments.of(c, t)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void outputs_and_gradients_are_those_of_dgl(Case c, DType dtype) {
    LayerContext context = new LayerContext(relata, dtype);
    Map<String, Tensor> inputs = c.tensors(relata, "inputs", dtype);
    Layer layer = layer(c, context);
    Map<String, Tensor> state = new LinkedHashMap<>(c.tensors(relata, "buffers", dtype));
    state.keySet().removeIf(name -> !layer.stateDict().containsKey(name));
    state.putAll(c.tensors(relata, "weights", dtype));
    layer.loadStateDict(state);
    layer.eval();
    inputs.values().forEach(t -> t.requiresGrad(t.dtype().isFloating()));

    Map<String, Tensor> outputs = run(c, layer, inputs);

    List<Tensor> sums = new ArrayList<>();
    Map<String, Tensor> cotangents = c.tensors(relata, "cotangents", dtype);
    outputs.forEach((name, y) -> sums.add(y.mul(cotangents.get(name)).sum()));
    sums.stream().reduce(Tensor::add).orElseThrow().backward();
    expect(c.tensors(relata, "outputs", dtype), outputs, dtype);
    if (c.id().equals("SAGEConv/pool/noedge")) {
      return; // Rule: zero edges give zero gradients; DGL adds them all to row 0.
    }
    expect(c.tensors(relata, "grads", dtype), gradients(inputs), dtype);
    expect(c.tensors(relata, "weight_grads", dtype), gradients(layer.namedParameters()), dtype);
  }

  private static Map<String, Tensor> gradients(Map<String, Tensor> of) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    of.forEach((name, t) -> all.put(name, t.grad()));
    return all;
  }

  private static void expect(Map<String, Tensor> expected, Map<String, Tensor> found, DType t) {
    double tolerance = t == DType.FLOAT64 ? 1e-12 : 1e-5;
    expected.forEach(
        (name, e) -> {
          double[] right = e.toDoubleArray();
          double scale = 1;
          for (double v : right) {
            scale = Math.max(scale, Math.abs(v));
          }
          Tensor f = found.get(name);
          if (f == null) {
            assertThat(right).as("%s has no gradient", name).containsOnly(0.0);
            return;
          }
          assertThat(f.shape()).as("shape of %s", name).isEqualTo(e.shape());
          double[] mine = f.toDoubleArray();
          for (int i = 0; i < right.length; i++) {
            assertThat(Math.abs(mine[i] - right[i]) / scale)
                .as("%s[%d]: %s against %s", name, i, mine[i], right[i])
                .isLessThan(tolerance);
          }
        });
  }

  private static Layer layer(Case c, LayerContext context) {
    return switch (c.text("module")) {
      case "GraphConv" ->
          GraphConv.builder(context, c.in(0), c.number("out"))
              .norm(Norm.valueOf(c.text("norm").toUpperCase(Locale.ROOT)))
              .weight(c.flag("weight", true))
              .bias(c.flag("bias", true))
              .allowZeroInDegree(c.flag("allow_zero_in_degree", false))
              .activation(activation(c))
              .build();
      case "SAGEConv" ->
          SageConv.builder(context, c.in(0), c.number("out"))
              .inDst(c.in(1))
              .aggregator(Aggregator.valueOf(c.text("aggregator").toUpperCase(Locale.ROOT)))
              .bias(c.flag("bias", true))
              .activation(activation(c))
              .build();
      case "RelGraphConv" ->
          RelGraphConv.builder(context, c.in(0), c.number("out"), c.number("num_rels"))
              .bases(c.text("num_bases") == null ? 0 : c.number("num_bases"))
              .selfLoop(c.flag("self_loop", true))
              .layerNorm(c.flag("layer_norm", false))
              .activation(activation(c))
              .build();
      case "GATConv" ->
          gat(c, context)
              .bias(c.flag("bias", true))
              .residual(c.flag("residual", false))
              .negativeSlope(c.text("negative_slope") == null ? 0.2 : 0.5)
              .allowZeroInDegree(c.flag("allow_zero_in_degree", false))
              .activation(activation(c))
              .build();
      case "GATv2Conv" ->
          Gatv2Conv.builder(context, c.in(0), c.number("out"), c.number("heads"))
              .inDst(c.in(1))
              .bias(c.flag("bias", true))
              .residual(c.flag("residual", false))
              .shareWeights(c.flag("share_weights", false))
              .allowZeroInDegree(c.flag("allow_zero_in_degree", false))
              .build();
      case "GINConv" ->
          new GinConv(
              context,
              c.text("apply_func") == null ? null : new Linear(context, 3, 2),
              Reducer.valueOf(c.text("aggregator").toUpperCase(Locale.ROOT)),
              0,
              c.flag("learn_eps", false));
      case "EdgeConv" ->
          new EdgeConv(context, c.in(0), c.number("out"), c.flag("allow_zero_in_degree", false));
      default -> throw new AssertionError(c.id());
    };
  }

  private static GatConv.Builder gat(Case c, LayerContext context) {
    GatConv.Builder b = GatConv.builder(context, c.in(0), c.number("out"), c.number("heads"));
    return c.call().get("in").isArray() ? b.inDst(c.in(1)) : b;
  }

  private static UnaryOperator<Tensor> activation(Case c) {
    return switch (c.text("activation")) {
      case null -> UnaryOperator.identity();
      case "relu" -> Tensor::relu;
      case "elu" -> x -> x.elu(1);
      case String other -> throw new AssertionError(other);
    };
  }

  private static Map<String, Tensor> run(Case c, Layer layer, Map<String, Tensor> in) {
    Adjacency g = c.graph(relata);
    if (layer instanceof RelGraphConv conv) {
      return Map.of("out", relational(c, conv, in));
    }
    Tensor x = in.containsKey("x") ? in.get("x") : in.get("x_src");
    Tensor dst = in.getOrDefault("x_dst", x);
    return switch (layer) {
      case GatConv gat -> attended(c, gat.attend(g, x, dst, in.get("w")));
      case Gatv2Conv gat -> attended(c, gat.attend(g, x, dst, in.get("w")));
      case ConvLayer conv -> Map.of("out", conv.forward(g, x, dst, in.get("w")));
      default -> throw new AssertionError(c.id());
    };
  }

  private static Map<String, Tensor> attended(Case c, Attended a) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("out", a.output());
    if (c.json().get("outputs").has("attention")) {
      all.put("attention", a.attention());
    }
    return all;
  }

  private static Tensor relational(Case c, RelGraphConv conv, Map<String, Tensor> in) {
    Tensor x = in.get("x");
    int[] types = in.get("etypes").toIntArray();
    TypedAdjacency typed = TypedAdjacency.of(c.graph(relata), types, c.number("num_rels"));
    return conv.forward(typed, x, x, in.get("norm"));
  }
}
