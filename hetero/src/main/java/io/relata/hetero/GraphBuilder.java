package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.graph.Adjacency;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects node types and relations and builds a {@link HeteroGraph}. Node counts are the largest
 * id + 1 over all relations unless given. Everything is checked when the graph is built.
 */
public final class GraphBuilder {
  private record Lists(int[] src, int[] dst) {}

  private final Relata relata;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final Map<EdgeType, Lists> relations = new TreeMap<>();

  GraphBuilder(Relata relata) {
    this.relata = relata;
  }

  /** A node type with an explicit count, so that isolated nodes exist. */
  public GraphBuilder nodes(String type, int count) {
    if (count < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "A node count is negative")
          .where("node type '" + type + "'")
          .found(Integer.toString(count))
          .build();
    }
    Integer before = counts.putIfAbsent(type, count);
    if (before != null && before != count) {
      throw RelataException.of(ErrorId.ARGUMENT, "A node type has two counts")
          .where("node type '" + type + "'")
          .found(before + " and " + count)
          .build();
    }
    return this;
  }

  /** A relation; edge i goes from src[i] to dst[i] and has id i. */
  public GraphBuilder relation(
      String source, String name, String destination, int[] src, int[] dst) {
    return relation(new EdgeType(source, name, destination), src, dst);
  }

  /** A relation; edge i goes from src[i] to dst[i] and has id i. */
  public GraphBuilder relation(EdgeType type, int[] src, int[] dst) {
    if (relations.putIfAbsent(type, new Lists(src, dst)) != null) {
      throw RelataException.of(ErrorId.RELATION_AMBIGUOUS, "A relation is given twice")
          .where("relation '" + type + "'")
          .remedy("join its edge lists, or give it another name")
          .build();
    }
    return this;
  }

  /**
   * The graph.
   *
   * @throws RelataException EDGE_LISTS or NODE_ID, naming relation, position and value
   */
  public HeteroGraph build() {
    Map<String, Integer> inferred = new TreeMap<>(counts);
    relations.forEach(
        (type, lists) -> {
          grow(inferred, type.source(), lists.src);
          grow(inferred, type.destination(), lists.dst);
        });
    Map<EdgeType, Adjacency> adjacencies = new TreeMap<>();
    relations.forEach(
        (type, lists) ->
            adjacencies.put(
                type,
                Adjacency.of(
                    relata,
                    "relation '" + type + "'",
                    inferred.get(type.source()),
                    inferred.get(type.destination()),
                    lists.src,
                    lists.dst)));
    return new HeteroGraph(relata, inferred, adjacencies);
  }

  private void grow(Map<String, Integer> inferred, String type, int[] ids) {
    if (counts.containsKey(type)) {
      return;
    }
    int largest = inferred.getOrDefault(type, 0) - 1;
    for (int id : ids) {
      largest = Math.max(largest, id);
    }
    inferred.put(type, largest + 1);
  }
}
