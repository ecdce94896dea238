package io.relata.nn.graph;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Layer;
import io.relata.nn.LayerMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A layer per relation, whose results are combined per destination type (DGL: {@code
 * HeteroGraphConv}). Parameters are named {@code mods.<relation>.<parameter>}. A relation without
 * edges, without input for its source type or without a layer takes no part; a destination type
 * that is reached by none is not in the result.
 */
public final class HeteroGraphConv extends Layer {
  private final Map<EdgeType, String> names = new TreeMap<>();
  private final LayerMap<ConvLayer> mods;
  private final CrossReducer cross;
  private final Map<EdgeType, TouchedNodes> touched = new ConcurrentHashMap<>();

  /**
   * With a layer per relation.
   *
   * @param schema a graph with the node types and relations to come
   * @param layers by short or full relation name, in an order that initial weights follow
   * @param cross how results of relations into one type combine
   * @throws RelataException RELATION_UNKNOWN or RELATION_AMBIGUOUS for a name that the schema does
   *     not have, or two names of one relation
   */
  public HeteroGraphConv(
      HeteroGraph schema, Map<String, ? extends ConvLayer> layers, CrossReducer cross) {
    for (String name : layers.keySet()) {
      EdgeType type = schema.edgeType(name);
      if (names.put(type, name) != null) {
        throw RelataException.of(ErrorId.RELATION_AMBIGUOUS, "A relation has two layers")
            .where("HeteroGraphConv, relation '" + type + "'")
            .remedy("name it once, by its short or its full name")
            .build();
      }
    }
    this.mods = child("mods", new LayerMap<>(layers));
    this.cross = cross;
  }

  /** From the features of each node type to new ones. */
  public Map<String, Tensor> forward(HeteroGraph g, Map<String, Tensor> x) {
    return forward(g, x, Map.of());
  }

  /**
   * The same with edge weights.
   *
   * @param g a graph of the schema
   * @param x features by node type, (N, …); types may be missing
   * @param edgeWeights by the relation names of the constructor, (E,) or (E, 1); relations may be
   *     missing
   * @return new features by destination type
   */
  public Map<String, Tensor> forward(
      HeteroGraph g, Map<String, Tensor> x, Map<String, Tensor> edgeWeights) {
    Map<String, List<EdgeType>> byDestination = new TreeMap<>();
    for (EdgeType type : names.keySet()) {
      if (x.get(type.source()) != null && g.adjacency(type).numEdges() > 0) {
        byDestination.computeIfAbsent(type.destination(), _ -> new ArrayList<>()).add(type);
      }
    }
    Map<String, Tensor> out = new TreeMap<>();
    byDestination.forEach(
        (destination, types) -> {
          Tensor sum = sum(g, types, x, edgeWeights);
          out.put(destination, output(sum == null ? each(g, types, x, edgeWeights) : sum));
        });
    return out;
  }

  /**
   * Layers that are linear in their sources' features add to one result; null where some are not,
   * where a result for each relation is asked for, or where somebody watches the layers.
   */
  private Tensor sum(
      HeteroGraph g, List<EdgeType> types, Map<String, Tensor> x, Map<String, Tensor> edgeWeights) {
    if (cross != CrossReducer.SUM && cross != CrossReducer.MEAN || isObserved()) {
      return null;
    }
    List<HeteroProduct.Term> terms = new ArrayList<>();
    for (EdgeType type : types) {
      ConvLayer layer = mods.get(names.get(type));
      if (edgeWeights.get(names.get(type)) != null || !(layer instanceof GraphConv conv)) {
        return null;
      }
      HeteroProduct.Term term = conv.term(touched(type, g.adjacency(type)), x.get(type.source()));
      if (term == null || !terms.isEmpty() && !fits(term, terms.getFirst())) {
        return null;
      }
      terms.add(term);
    }
    Tensor sum = HeteroProduct.of(terms);
    return cross == CrossReducer.MEAN ? sum.div(terms.size()) : sum;
  }

  /** Others are refused, with all details, where their results are combined. */
  private static boolean fits(HeteroProduct.Term a, HeteroProduct.Term b) {
    return a.weight().dim(1) == b.weight().dim(1) && a.x().dtype() == b.x().dtype();
  }

  /** What a relation touches, of the last graph that was seen. */
  private TouchedNodes touched(EdgeType type, Adjacency g) {
    TouchedNodes known = touched.get(type);
    if (known == null || known.all() != g) {
      known = new TouchedNodes(g);
      touched.put(type, known);
    }
    return known;
  }

  private Tensor each(
      HeteroGraph g, List<EdgeType> types, Map<String, Tensor> x, Map<String, Tensor> edgeWeights) {
    List<CrossReducer.Result> results = new ArrayList<>();
    Tensor everyRow = null;
    for (EdgeType type : types) {
      String name = names.get(type);
      Tensor dst = x.get(type.destination());
      Tensor value =
          mods.get(name)
              .forward(g.adjacency(type), x.get(type.source()), dst, edgeWeights.get(name));
      if (everyRow == null) {
        // A layer's result counts for every node: it may have a bias.
        everyRow = value.relata().full(1, DType.BOOL, value.dim(0));
      }
      results.add(new CrossReducer.Result(type, value, everyRow));
    }
    return cross.combine(results);
  }

  @Override
  protected String describe() {
    return names.size() + " relations";
  }
}
