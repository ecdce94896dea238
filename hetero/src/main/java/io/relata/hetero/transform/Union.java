package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.hetero.EdgeType;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Graphs laid over each other: a node is the same in all that have its id (DGL: {@code merge}). */
public final class Union {
  private Union() {}

  /**
   * The nodes of the largest and the edges of all, graph by graph. A node's field comes from the
   * first graph that has the node and the field, an edge's from its own graph; 0 where there is
   * none.
   *
   * @param graphs at least one; a type or relation need not be in all
   */
  public static HeteroGraph of(List<HeteroGraph> graphs) {
    if (graphs.isEmpty()) {
      throw RelataException.of(ErrorId.ARGUMENT, "A union needs at least one graph").build();
    }
    GraphBuilder b = HeteroGraph.builder(graphs.getFirst().relata());
    for (String type : all(graphs, HeteroGraph::nodeTypes)) {
      b.nodes(type, having(graphs, type).mapToInt(g -> g.numNodes(type)).max().orElse(0));
    }
    Set<EdgeType> relations = all(graphs, g -> Set.copyOf(g.edgeTypes()));
    for (EdgeType type : relations) {
      List<Adjacency> parts = having(graphs, type).map(g -> g.adjacency(type)).toList();
      b.relation(
          type,
          parts.stream().flatMapToInt(a -> IntStream.of(a.src())).toArray(),
          parts.stream().flatMapToInt(a -> IntStream.of(a.dst())).toArray());
    }
    HeteroGraph made = b.build();
    made.nodeTypes().forEach(type -> nodeFields(graphs, made, type));
    relations.forEach(type -> edgeFields(graphs, made, type));
    return made;
  }

  private static <T> Set<T> all(List<HeteroGraph> graphs, Function<HeteroGraph, Set<T>> names) {
    Set<T> all = new TreeSet<>();
    graphs.forEach(g -> all.addAll(names.apply(g)));
    return all;
  }

  private static Stream<HeteroGraph> having(List<HeteroGraph> graphs, String nodeType) {
    return graphs.stream().filter(g -> g.nodeTypes().contains(nodeType));
  }

  private static Stream<HeteroGraph> having(List<HeteroGraph> graphs, EdgeType relation) {
    return graphs.stream().filter(g -> g.edgeTypes().contains(relation));
  }

  private static void nodeFields(List<HeteroGraph> graphs, HeteroGraph made, String type) {
    List<HeteroGraph> having = having(graphs, type).toList();
    for (String field : all(having, g -> g.nodes(type).fields())) {
      Tensor rows = null;
      for (HeteroGraph g : having) {
        long known = rows == null ? 0 : rows.dim(0);
        if (g.nodes(type).has(field) && g.numNodes(type) > known) {
          Tensor more = g.nodes(type).get(field).slice(0, known, g.numNodes(type));
          rows = rows == null ? more : Tensor.concat(0, rows, more);
        }
      }
      if (rows != null) {
        made.nodes(type).set(field, filled(rows, made.numNodes(type)));
      }
    }
  }

  private static Tensor filled(Tensor rows, int count) {
    if (rows.dim(0) == count) {
      return rows;
    }
    long[] missing = rows.shape().with(0, count - rows.dim(0)).dims();
    return Tensor.concat(0, rows, rows.relata().zeros(rows.dtype(), missing));
  }

  private static void edgeFields(List<HeteroGraph> graphs, HeteroGraph made, EdgeType type) {
    String name = type.toString();
    List<HeteroGraph> having = having(graphs, type).toList();
    for (String field : all(having, g -> g.edges(name).fields())) {
      Tensor some =
          having.stream()
              .filter(g -> g.edges(name).has(field))
              .map(g -> g.edges(name).get(field))
              .findFirst()
              .orElseThrow();
      List<Tensor> parts =
          having.stream()
              .map(
                  g ->
                      g.edges(name).has(field)
                          ? g.edges(name).get(field)
                          : some.relata()
                              .zeros(some.dtype(), some.shape().with(0, g.numEdges(name)).dims()))
              .toList();
      made.edges(name).set(field, Tensor.concat(0, parts));
    }
  }
}
