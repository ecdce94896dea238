package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import io.relata.spi.Reducer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Graphs with a loop at every node of a relation, or without any. */
public final class SelfLoops {
  private SelfLoops() {}

  /** The same with 1 in every field of the loops. */
  public static HeteroGraph add(HeteroGraph g, String relation) {
    return add(g, relation, 1);
  }

  /**
   * One loop per node after the existing edges, also for nodes that have one already (DGL: {@code
   * add_self_loop}).
   *
   * @param fill the value of every field of the loops
   * @throws RelataException ARGUMENT for a relation between different node types
   */
  public static HeteroGraph add(HeteroGraph g, String relation, double fill) {
    return add(
        g,
        relation,
        t ->
            t.relata()
                .full(
                    fill,
                    t.dtype(),
                    t.shape().with(0, g.relation(relation).adjacency().numDst()).dims()));
  }

  /** The same; a loop's fields are its node's in-edges' reduced, 0 where there are none. */
  public static HeteroGraph add(HeteroGraph g, String relation, Reducer fill) {
    return add(
        g, relation, t -> GraphOps.copyReduce(g.relation(relation).adjacency(), fill, Arg.e(t)));
  }

  private static HeteroGraph add(HeteroGraph g, String relation, UnaryOperator<Tensor> fill) {
    EdgeType type = among("SelfLoops.add", g, relation);
    int[] nodes = IntStream.range(0, g.numNodes(type.source())).toArray();
    Map<String, Tensor> fields = new LinkedHashMap<>();
    for (String field : g.edges(relation).fields()) {
      fields.put(field, fill.apply(g.edges(relation).get(field)));
    }
    return Edits.addEdges(g, relation, nodes, nodes, fields);
  }

  /** Without loops; the other edges keep their order (DGL: {@code remove_self_loop}). */
  public static HeteroGraph remove(HeteroGraph g, String relation) {
    EdgeType type = among("SelfLoops.remove", g, relation);
    RelationView r = g.relation(relation);
    int[] loops =
        IntStream.range(0, r.numEdges())
            .filter(e -> r.adjacency().src(e) == r.adjacency().dst(e))
            .toArray();
    return Edits.removeEdges(g, Map.of(type.toString(), loops));
  }

  static EdgeType among(String where, HeteroGraph g, String relation) {
    EdgeType type = g.edgeType(relation);
    if (!type.source().equals(type.destination())) {
      throw RelataException.of(ErrorId.ARGUMENT, "The relation joins different node types")
          .where(where)
          .expected("a relation of a node type with itself")
          .found("'" + type + "'")
          .build();
    }
    return type;
  }
}
