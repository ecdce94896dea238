package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.graph.Adjacency;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import java.util.List;
import java.util.Map;

/** Graphs without the nodes that no edge touches (DGL: {@code compact_graphs}). */
public final class Compaction {
  private Compaction() {}

  /** One graph; nodes are numbered in order of first appearance, see {@link Nodes#TOUCHED}. */
  public static HeteroGraph of(HeteroGraph g) {
    return of(List.of(g), Map.of()).getFirst();
  }

  /**
   * Several graphs on the same nodes, numbered together: a node stays where any of them has an edge
   * at it.
   *
   * @param graphs with the same node types and counts
   * @param preserved nodes to keep in any case, by node type; they come first
   */
  public static List<HeteroGraph> of(List<HeteroGraph> graphs, Map<String, int[]> preserved) {
    HeteroGraph first = graphs.getFirst();
    Map<String, Numbering> ids = Numbering.perType(first);
    preserved.forEach(
        (type, nodes) -> {
          Derivation.of(first).nodes(type, nodes);
          ids.get(type).add(nodes);
        });
    for (HeteroGraph g : graphs) {
      requireSameNodes(first, g);
      for (EdgeType type : g.edgeTypes()) {
        Adjacency a = g.adjacency(type);
        Numbering.add(ids, type, a.src(), a.dst());
      }
    }
    return graphs.stream().map(g -> renumbered(g, ids)).toList();
  }

  private static void requireSameNodes(HeteroGraph first, HeteroGraph g) {
    boolean same =
        g.nodeTypes().equals(first.nodeTypes())
            && g.nodeTypes().stream().allMatch(t -> g.numNodes(t) == first.numNodes(t));
    if (!same) {
      throw RelataException.of(ErrorId.ARGUMENT, "Graphs compacted together share their nodes")
          .where("Compaction.of")
          .expected("the same node types and counts")
          .found(first + " and " + g)
          .build();
    }
  }

  private static HeteroGraph renumbered(HeteroGraph g, Map<String, Numbering> ids) {
    Derivation d = Derivation.of(g);
    ids.forEach((type, numbering) -> d.nodes(type, numbering.nodes()));
    for (EdgeType type : g.edgeTypes()) {
      Adjacency a = g.adjacency(type);
      d.allEdges(
          type, type, ids.get(type.source()).of(a.src()), ids.get(type.destination()).of(a.dst()));
    }
    return d.build();
  }
}
