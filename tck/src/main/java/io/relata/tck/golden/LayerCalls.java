package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Activation;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.graph.Aggregator;
import io.relata.nn.graph.ConvLayer;
import io.relata.nn.graph.GatedGraphConv;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.HeteroGraphConv;
import io.relata.nn.graph.HgtConv;
import io.relata.nn.graph.Norm;
import io.relata.nn.graph.RelGraphConv;
import io.relata.nn.graph.SageConv;
import io.relata.nn.graph.TypedAdjacency;
import io.relata.nn.graph.TypedGraph;
import io.relata.nn.graph.TypedLinear;
import java.util.HashSet;
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

  private static final Pattern LINEAR = Pattern.compile("Linear\\((\\d+),(\\d+)\\)");

  private LayerCalls() {}

  static Map<String, Tensor> run(Trial t, String module) {
    return switch (module) {
      case "GraphConv" -> Map.of(OUT, conv(t, graphConv(t)));
      case "SAGEConv" -> Map.of(OUT, conv(t, sageConv(t)));
      case "RelGraphConv" -> Map.of(OUT, relGraphConv(t));
      case "TypedLinear" -> Map.of(OUT, typedLinear(t));
      case "HGTConv" -> Map.of(OUT, hgtConv(t));
      case "GatedGraphConv" -> Map.of(OUT, gatedGraphConv(t));
      case "HeteroGraphConv" -> heteroGraphConv(t);
      case "GATConv", "GATv2Conv", "DotGatConv", "EdgeGATConv", "EGATConv", "AGNNConv" ->
          AttentionCalls.run(t, module);
      case "APPNPConv", "SGConv", "TAGConv", "ChebConv", "GCN2Conv", "EdgeWeightNorm" ->
          PropagationCalls.run(t, module);
      case "GINConv",
          "GINEConv",
          "EdgeConv",
          "NNConv",
          "GMMConv",
          "CFConv",
          "EGNNConv",
          "PNAConv" ->
          MessageCalls.run(t, module);
      case "SumPooling",
          "AvgPooling",
          "MaxPooling",
          "SortPooling",
          "GlobalAttentionPooling",
          "WeightAndSum",
          "Set2Set" ->
          PoolCalls.run(t, module);
      default -> throw new UnsupportedCase("no layer '" + module + "'");
    };
  }

  static LayerContext context(Trial t) {
    return new LayerContext(t.relata(), t.dtype());
  }

  /** Refuses a call with parameters that the program would silently ignore. */
  static void requireKnown(Trial t, String... parameters) {
    Set<String> known = new HashSet<>(Set.of(parameters));
    known.add("module");
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

  static UnaryOperator<Tensor> activation(Trial t) {
    String name = t.golden().text("activation");
    return switch (name) {
      case null -> UnaryOperator.identity();
      case "relu" -> Activation.relu();
      case "elu" -> Activation.elu(1);
      case "tanh" -> Activation.tanh();
      case "sigmoid" -> Activation.sigmoid();
      default -> throw new UnsupportedCase("no activation '" + name + "'");
    };
  }

  static boolean flag(Trial t, String parameter, boolean otherwise) {
    return t.golden().call().path(parameter).asBoolean(otherwise);
  }

  static int size(Trial t, String parameter) {
    return t.golden().call().get(parameter).asInt();
  }

  // ---- one relation ----

  /** With the edge weight that the call names, if any. */
  static Tensor conv(Trial t, ConvLayer layer) {
    String weight = t.golden().text("edge_weight");
    return conv(t, layer, weight == null ? null : t.input(weight));
  }

  static Tensor conv(Trial t, ConvLayer layer, Tensor edge) {
    return t.loaded(layer).forward(graph(t), source(t), destination(t), edge);
  }

  static Adjacency graph(Trial t) {
    return t.golden().graph().adjacency(t.relata());
  }

  static Tensor source(Trial t) {
    return t.input(t.has("x_src") ? "x_src" : "x");
  }

  static Tensor destination(Trial t) {
    return t.input(t.has("x_dst") ? "x_dst" : "x");
  }

  /** Size of the source features, which the call gives alone or before that of destinations. */
  static int in(Trial t) {
    JsonNode in = t.golden().call().get("in");
    return in.isArray() ? in.get(0).asInt() : in.asInt();
  }

  static boolean bipartite(Trial t) {
    return t.golden().call().get("in").isArray();
  }

  static int inDst(Trial t) {
    return bipartite(t) ? t.golden().call().get("in").get(1).asInt() : in(t);
  }

  /** A map given as {@code Linear(3,2)}, or null. */
  static Linear linear(Trial t, String parameter) {
    String words = t.golden().text(parameter);
    if (words == null) {
      return null;
    }
    Matcher m = LINEAR.matcher(words);
    if (!m.matches()) {
      throw new UnsupportedCase("no function '" + words + "'");
    }
    return new Linear(context(t), Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  private static GraphConv graphConv(Trial t) {
    requireKnown(
        t,
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
    requireKnown(t, "in", "out", "aggregator", "edge_weight", "bias", "activation");
    return SageConv.builder(context(t), in(t), size(t, "out"))
        .inDst(inDst(t))
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
    int relations = size(t, "num_rels");
    RelGraphConv.Builder builder =
        RelGraphConv.builder(context(t), size(t, "in"), size(t, "out"), relations)
            .selfLoop(flag(t, "self_loop", true))
            .layerNorm(flag(t, "layer_norm", false))
            .activation(activation(t));
    RelGraphConv layer =
        switch (t.golden().text("regularizer")) {
          case null -> builder.build();
          case "basis" -> builder.bases(size(t, "num_bases")).build();
          case "bdd" -> builder.blocks(size(t, "num_bases")).build();
          case String other -> throw new UnsupportedCase("no regularizer '" + other + "'");
        };
    TypedAdjacency typed =
        TypedAdjacency.of(graph(t), t.ints(t.golden().text("etypes")), relations);
    String norm = t.golden().text("norm");
    Tensor x = t.input("x");
    return t.loaded(layer).forward(typed, x, x, norm == null ? null : t.input(norm));
  }

  private static Tensor typedLinear(Trial t) {
    requireKnown(t, "in", "out", "num_types", "regularizer", "num_bases");
    int types = size(t, "num_types");
    int in = size(t, "in");
    int out = size(t, "out");
    LayerContext context = context(t);
    TypedLinear layer =
        switch (t.golden().text("regularizer")) {
          case null -> new TypedLinear(context, types, in, out);
          case "basis" -> TypedLinear.withBases(context, types, in, out, size(t, "num_bases"));
          case "bdd" -> TypedLinear.withBlocks(context, types, in, out, size(t, "num_bases"));
          case String other -> throw new UnsupportedCase("no regularizer '" + other + "'");
        };
    return t.loaded(layer).forward(t.input("x"), t.relata().tensor(t.ints("types")));
  }

  private static Tensor hgtConv(Trial t) {
    requireKnown(
        t, "in", "head_size", "heads", "num_ntypes", "num_etypes", "use_norm", "presorted");
    int nodeTypes = size(t, "num_ntypes");
    int relations = size(t, "num_etypes");
    HgtConv layer =
        HgtConv.builder(
                context(t),
                size(t, "in"),
                size(t, "head_size"),
                size(t, "heads"),
                nodeTypes,
                relations)
            .layerNorm(flag(t, "use_norm", false))
            .build();
    TypedGraph typed =
        TypedGraph.of(graph(t), t.ints("ntype"), nodeTypes, t.ints("etype"), relations);
    return t.loaded(layer).forward(typed, t.input("x"));
  }

  private static Tensor gatedGraphConv(Trial t) {
    requireKnown(t, "in", "out", "n_steps", "n_etypes", "etypes");
    int types = size(t, "n_etypes");
    GatedGraphConv layer =
        new GatedGraphConv(context(t), size(t, "in"), size(t, "out"), size(t, "n_steps"), types);
    String etypes = t.golden().text("etypes");
    return etypes == null
        ? t.loaded(layer).forward(graph(t), t.input("x"))
        : t.loaded(layer).forward(TypedAdjacency.of(graph(t), t.ints(etypes), types), t.input("x"));
  }

  // ---- a layer per relation ----

  private static Map<String, Tensor> heteroGraphConv(Trial t) {
    requireKnown(t, "aggregate", "inner", "stack_order");
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
