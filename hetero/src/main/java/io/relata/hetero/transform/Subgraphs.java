package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeList;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Parts of a graph. They know the ids that their nodes and edges have in the whole ({@code
 * parentNodes}, {@code parentEdges}); fields come along and are gathered when first read. Node ids
 * are given by node type, edge ids by short or full relation name.
 */
public final class Subgraphs {
  private Subgraphs() {}

  /**
   * The subgraph that some nodes induce (DGL: {@code node_subgraph}): all edges between them,
   * ordered by the position of their source in the list, those of one source by id.
   *
   * @param wanted by node type; with {@link Nodes#TOUCHED} the nodes are these, in this order
   */
  public static HeteroGraph ofNodes(HeteroGraph g, Map<String, int[]> wanted, Nodes nodes) {
    HeteroGraph sub = g.subgraph(wanted);
    if (nodes == Nodes.TOUCHED) {
      return sub;
    }
    Derivation d = Derivation.of(g).keepAllNodes();
    for (EdgeType type : g.edgeTypes()) {
      EdgeList e =
          g.relation(type.toString()).findEdges(sub.parentEdges(type.toString()).toIntArray());
      d.edges(type, e.src(), e.dst(), e.ids());
    }
    return d.build();
  }

  /**
   * The subgraph of some edges, in the given order; a relation that is not named has none (DGL:
   * {@code edge_subgraph}).
   */
  public static HeteroGraph ofEdges(HeteroGraph g, Map<String, int[]> wanted, Nodes nodes) {
    Map<EdgeType, EdgeList> edges = new TreeMap<>();
    g.edgeTypes().forEach(t -> edges.put(t, g.relation(t.toString()).findEdges()));
    wanted.forEach((name, ids) -> edges.put(g.edgeType(name), g.relation(name).findEdges(ids)));
    return of(g, edges, nodes);
  }

  private static HeteroGraph of(HeteroGraph g, Map<EdgeType, EdgeList> edges, Nodes nodes) {
    if (nodes == Nodes.ALL) {
      Derivation d = Derivation.of(g).keepAllNodes();
      edges.forEach((type, e) -> d.edges(type, e.src(), e.dst(), e.ids()));
      return d.build();
    }
    Map<String, Numbering> ids = Numbering.perType(g);
    edges.forEach((type, e) -> Numbering.add(ids, type, e.src(), e.dst()));
    Derivation d = Derivation.of(g);
    ids.forEach((type, numbering) -> d.nodes(type, numbering.nodes()));
    edges.forEach(
        (type, e) ->
            d.edges(
                type,
                ids.get(type.source()).of(e.src()),
                ids.get(type.destination()).of(e.dst()),
                e.ids()));
    return d.build();
  }

  /** All edges into some nodes, node by node (DGL: {@code in_subgraph}). */
  public static HeteroGraph in(HeteroGraph g, Map<String, int[]> to, Nodes nodes) {
    return around(g, to, nodes, true);
  }

  /** All edges out of some nodes, node by node (DGL: {@code out_subgraph}). */
  public static HeteroGraph out(HeteroGraph g, Map<String, int[]> from, Nodes nodes) {
    return around(g, from, nodes, false);
  }

  private static HeteroGraph around(
      HeteroGraph g, Map<String, int[]> seeds, Nodes nodes, boolean in) {
    seeds.keySet().forEach(g::numNodes);
    Map<EdgeType, EdgeList> edges = new TreeMap<>();
    for (EdgeType type : g.edgeTypes()) {
      RelationView r = g.relation(type.toString());
      int[] at = seeds.getOrDefault(in ? type.destination() : type.source(), new int[0]);
      edges.put(type, r.findEdges(in ? r.inEdges(at) : r.outEdges(at)));
    }
    return of(g, edges, nodes);
  }

  // ---- hops ----

  /**
   * A neighbourhood.
   *
   * @param graph the subgraph, its nodes ascending by old id
   * @param seeds by node type, the new ids of the nodes it was grown from, in their order
   */
  public record Neighbourhood(HeteroGraph graph, Map<String, int[]> seeds) {}

  /**
   * The subgraph induced by all nodes from which the seeds can be reached in at most k steps (DGL:
   * {@code khop_in_subgraph}).
   */
  public static Neighbourhood kHopIn(HeteroGraph g, Map<String, int[]> seeds, int k) {
    return kHop(g, seeds, k, true);
  }

  /**
   * The subgraph induced by all nodes that can be reached from the seeds in at most k steps (DGL:
   * {@code khop_out_subgraph}).
   */
  public static Neighbourhood kHopOut(HeteroGraph g, Map<String, int[]> seeds, int k) {
    return kHop(g, seeds, k, false);
  }

  private static Neighbourhood kHop(HeteroGraph g, Map<String, int[]> seeds, int k, boolean in) {
    if (k < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "A number of hops is negative")
          .where(in ? "kHopIn" : "kHopOut")
          .expected("0 or more")
          .found(Integer.toString(k))
          .build();
    }
    Map<String, boolean[]> reached = new TreeMap<>();
    g.nodeTypes().forEach(t -> reached.put(t, new boolean[g.numNodes(t)]));
    Map<String, int[]> frontier = new TreeMap<>();
    seeds.forEach((type, ids) -> frontier.put(type, fresh(g, type, ids, reached)));
    for (int hop = 0; hop < k; hop++) {
      Map<String, IntStream> next = new TreeMap<>();
      for (EdgeType type : g.edgeTypes()) {
        RelationView r = g.relation(type.toString());
        int[] at = frontier.getOrDefault(in ? type.destination() : type.source(), new int[0]);
        IntStream ends =
            in
                ? IntStream.of(r.inEdges(at)).map(r.adjacency()::src)
                : IntStream.of(r.outEdges(at)).map(r.adjacency()::dst);
        next.merge(in ? type.source() : type.destination(), ends, IntStream::concat);
      }
      frontier.clear();
      next.forEach((type, ids) -> frontier.put(type, fresh(g, type, ids.toArray(), reached)));
    }
    Map<String, int[]> nodes = new TreeMap<>();
    reached.forEach(
        (type, mark) ->
            nodes.put(type, IntStream.range(0, mark.length).filter(v -> mark[v]).toArray()));
    Map<String, int[]> newSeeds = new TreeMap<>();
    seeds.forEach(
        (type, ids) -> {
          Numbering n = new Numbering(g.numNodes(type));
          n.add(nodes.get(type));
          newSeeds.put(type, n.of(ids));
        });
    return new Neighbourhood(g.subgraph(nodes), newSeeds);
  }

  /** Marks nodes and returns those that were not marked before. */
  private static int[] fresh(
      HeteroGraph g, String type, int[] ids, Map<String, boolean[]> reached) {
    int count = g.numNodes(type);
    boolean[] mark = reached.get(type);
    IntStream.Builder added = IntStream.builder();
    for (int id : ids) {
      if (id < 0 || id >= count) {
        throw RelataException.of(ErrorId.NODE_ID, "There is no such node")
            .where("node type '" + type + "'")
            .expected("0 to " + (count - 1))
            .found(Integer.toString(id))
            .build();
      }
      if (!mark[id]) {
        mark[id] = true;
        added.add(id);
      }
    }
    return added.build().toArray();
  }

  // ---- types ----

  /** The nodes of some types and all relations between them (DGL: {@code node_type_subgraph}). */
  public static HeteroGraph ofNodeTypes(HeteroGraph g, String... types) {
    Set<String> kept = new TreeSet<>(List.of(types));
    Derivation d = Derivation.of(g);
    kept.forEach(d::keepNodes);
    for (EdgeType type : g.edgeTypes()) {
      if (kept.contains(type.source()) && kept.contains(type.destination())) {
        d.keepEdges(type);
      }
    }
    return d.build();
  }

  /** Some relations and the nodes at their ends (DGL: {@code edge_type_subgraph}). */
  public static HeteroGraph ofRelations(HeteroGraph g, String... relations) {
    Derivation d = Derivation.of(g);
    for (String relation : relations) {
      EdgeType type = g.edgeType(relation);
      d.keepNodes(type.source()).keepNodes(type.destination()).keepEdges(type);
    }
    return d.build();
  }
}
