package io.relata.nn.graph;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Layer;
import io.relata.nn.LayerMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    Map<String, List<CrossReducer.Result>> results = new TreeMap<>();
    names.forEach(
        (type, name) -> {
          Tensor src = x.get(type.source());
          if (src == null || g.numEdges(type.toString()) == 0) {
            return;
          }
          Tensor value =
              mods.get(name)
                  .forward(
                      g.adjacency(type), src, x.get(type.destination()), edgeWeights.get(name));
          results
              .computeIfAbsent(type.destination(), _ -> new ArrayList<>())
              .add(new CrossReducer.Result(type, value, everyRow(value)));
        });
    Map<String, Tensor> out = new TreeMap<>();
    results.forEach((type, list) -> out.put(type, output(cross.combine(list))));
    return out;
  }

  /** A layer's result counts for every node: it may have a bias. */
  private static Tensor everyRow(Tensor value) {
    return value.relata().full(1, DType.BOOL, value.dim(0));
  }

  @Override
  protected String describe() {
    return names.size() + " relations";
  }
}
