package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.LayerContext;
import io.relata.nn.graph.Aggregator;
import io.relata.nn.graph.ConvLayer;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.HeteroGraphConv;
import io.relata.nn.graph.Norm;
import io.relata.nn.graph.RelGraphConv;
import io.relata.nn.graph.SageConv;
import io.relata.nn.graph.TypedAdjacency;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Layers with the weights of the case. */
final class LayerCalls {
  private static final String OUT = "out";

  /** One relation's layer in a HeteroGraphConv, for instance {@code SAGEConv pool (2,3)->2}. */
  private static final Pattern SAGE =
      Pattern.compile("SAGEConv (\\w+) \\(?(\\d+)(?:,(\\d+)\\))?->(\\d+)");

  private LayerCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    return switch (module) {
      case "GraphConv" -> Map.of(OUT, conv(t, graphConv(t)));
      case "SAGEConv" -> Map.of(OUT, conv(t, sageConv(t)));
      case "RelGraphConv" -> Map.of(OUT, relGraphConv(t));
      case "HeteroGraphConv" -> heteroGraphConv(t);
      default -> throw new UnsupportedCase("no layer '" + module + "'");
    };
  }

  private static LayerContext context(Trial t) {
    return new LayerContext(t.relata(), t.dtype());
  }

  /** Refuses a call with parameters that the program would silently ignore. */
  private static void requireKnown(Trial t, String... parameters) {
    Set<String> known = Set.of(parameters);
    t.golden()
        .call()
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new UnsupportedCase("the program does not know the parameter '" + name + "'");
              }
            });
  }

  private static UnaryOperator<Tensor> activation(Trial t) {
    String name = t.golden().text("activation");
    return switch (name) {
      case null -> UnaryOperator.identity();
      case "relu" -> Tensor::relu;
      case "elu" -> x -> x.elu(1);
      case "tanh" -> Tensor::tanh;
      case "sigmoid" -> Tensor::sigmoid;
      default -> throw new UnsupportedCase("no activation '" + name + "'");
    };
  }

  private static boolean flag(Trial t, String parameter, boolean otherwise) {
    return t.golden().call().path(parameter).asBoolean(otherwise);
  }

  private static int size(Trial t, String parameter) {
    return t.golden().call().get(parameter).asInt();
  }

  // ---- one relation ----

  private static Tensor conv(Trial t, ConvLayer layer) {
    Adjacency g = t.golden().graph().adjacency(t.relata());
    boolean bipartite = t.has("x_src");
    String weight = t.golden().text("edge_weight");
    return t.loaded(layer)
        .forward(
            g,
            t.input(bipartite ? "x_src" : "x"),
            t.input(bipartite ? "x_dst" : "x"),
            weight == null ? null : t.input(weight));
  }

  private static GraphConv graphConv(Trial t) {
    requireKnown(
        t,
        "module",
        "in",
        "out",
        "norm",
        "allow_zero_in_degree",
        "edge_weight",
        "weight",
        "bias",
        "activation");
    return GraphConv.builder(context(t), size(t, "in"), size(t, "out"))
        .norm(Norm.valueOf(t.golden().text("norm").toUpperCase(Locale.ROOT)))
        .allowZeroInDegree(flag(t, "allow_zero_in_degree", false))
        .weight(flag(t, "weight", true))
        .bias(flag(t, "bias", true))
        .activation(activation(t))
        .build();
  }

  private static SageConv sageConv(Trial t) {
    requireKnown(t, "module", "in", "out", "aggregator", "edge_weight", "bias", "activation");
    JsonNode in = t.golden().call().get("in");
    int src = in.isArray() ? in.get(0).asInt() : in.asInt();
    int dst = in.isArray() ? in.get(1).asInt() : src;
    return SageConv.builder(context(t), src, size(t, "out"))
        .inDst(dst)
        .aggregator(aggregator(t.golden().text("aggregator")))
        .bias(flag(t, "bias", true))
        .activation(activation(t))
        .build();
  }

  private static Aggregator aggregator(String name) {
    for (Aggregator a : Aggregator.values()) {
      if (a.name().toLowerCase(Locale.ROOT).equals(name)) {
        return a;
      }
    }
    throw new UnsupportedCase("SageConv has no aggregator '" + name + "'");
  }

  // ---- typed edges ----

  private static Tensor relGraphConv(Trial t) {
    requireKnown(
        t,
        "module",
        "in",
        "out",
        "num_rels",
        "regularizer",
        "num_bases",
        "self_loop",
        "etypes",
        "norm",
        "layer_norm",
        "activation",
        "presorted");
    String regularizer = t.golden().text("regularizer");
    if (regularizer != null && !regularizer.equals("basis")) {
      throw new UnsupportedCase("RelGraphConv has no regularizer '" + regularizer + "'");
    }
    int relations = size(t, "num_rels");
    RelGraphConv layer =
        RelGraphConv.builder(context(t), size(t, "in"), size(t, "out"), relations)
            .bases(regularizer == null ? 0 : size(t, "num_bases"))
            .selfLoop(flag(t, "self_loop", true))
            .layerNorm(flag(t, "layer_norm", false))
            .activation(activation(t))
            .build();
    Adjacency g = t.golden().graph().adjacency(t.relata());
    TypedAdjacency typed = TypedAdjacency.of(g, t.ints(t.golden().text("etypes")), relations);
    String norm = t.golden().text("norm");
    Tensor x = t.input("x");
    return t.loaded(layer).forward(typed, x, x, norm == null ? null : t.input(norm));
  }

  // ---- a layer per relation ----

  private static Map<String, Tensor> heteroGraphConv(Trial t) {
    requireKnown(t, "module", "aggregate", "inner", "stack_order");
    HeteroGraph g = t.golden().graph().build(t.relata());
    Map<String, Tensor> x = new LinkedHashMap<>();
    t.inputs().forEach((name, v) -> x.put(name.substring("node:".length()), v));
    JsonNode inner = t.golden().call().get("inner");
    Map<String, ConvLayer> layers = new TreeMap<>();
    g.edgeTypes()
        .forEach(
            type ->
                layers.put(
                    type.relation(),
                    inner.isObject()
                        ? sage(t, inner.get(type.relation()).asText())
                        : graphConv(t, inner.asText(), type.relation())));
    HeteroGraphConv layer =
        new HeteroGraphConv(g, layers, MultiUpdateCalls.cross(t.golden().text("aggregate")));
    Map<String, Tensor> out = new LinkedHashMap<>();
    t.loaded(layer).forward(g, x).forEach((type, y) -> out.put("node:" + type, y));
    return out;
  }

  private static ConvLayer graphConv(Trial t, String words, String relation) {
    if (!words.equals("GraphConv norm=right allow_zero_in_degree, one per relation")) {
      throw new UnsupportedCase("no layers '" + words + "'");
    }
    long[] weight = t.golden().weights().get("mods." + relation + ".weight").shape();
    return GraphConv.builder(context(t), (int) weight[0], (int) weight[1])
        .norm(Norm.RIGHT)
        .allowZeroInDegree(true)
        .build();
  }

  private static ConvLayer sage(Trial t, String words) {
    Matcher m = SAGE.matcher(words);
    if (!m.matches()) {
      throw new UnsupportedCase("no layer '" + words + "'");
    }
    int src = Integer.parseInt(m.group(2));
    return SageConv.builder(context(t), src, Integer.parseInt(m.group(4)))
        .inDst(m.group(3) == null ? src : Integer.parseInt(m.group(3)))
        .aggregator(aggregator(m.group(1)))
        .build();
  }
}
