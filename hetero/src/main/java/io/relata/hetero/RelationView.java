package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.EdgeFunction;
import io.relata.graph.NodeFunction;
import io.relata.graph.Update;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Message passing along one relation of a graph (DGL: {@code g[relation]}). */
public final class RelationView {
  private final HeteroGraph graph;
  private final Relation relation;

  RelationView(HeteroGraph graph, Relation relation) {
    this.graph = graph;
    this.relation = relation;
  }

  /** The relation's full name. */
  public EdgeType type() {
    return relation.type();
  }

  /** Number of edges. */
  public int numEdges() {
    return relation.numEdges();
  }

  /** The edges as an index structure, for the functional form. */
  public Adjacency adjacency() {
    return relation.adjacency();
  }

  /** The nodes that its edges leave. */
  public NodeView src() {
    return graph.srcNodes(type().source());
  }

  /** The nodes that its edges enter. */
  public NodeView dst() {
    return graph.dstNodes(type().destination());
  }

  /** Its edges. */
  public EdgeView edges() {
    return graph.edges(type().toString());
  }

  // ---- message passing ----

  /**
   * Sends a message along every edge and reduces at every destination, whose field is replaced;
   * nodes without in-edges get 0 (DGL: {@code update_all}).
   */
  public void updateAll(EdgeFunction message, NodeFunction reduce) {
    updateAll(message, reduce, null);
  }

  /** The same with an update of the node fields, which sees the old and the reduced ones. */
  public void updateAll(EdgeFunction message, NodeFunction reduce, NodeFunction apply) {
    Pass pass = new Pass(graph, relation);
    pass.destinations().setAll(pass.run(new Update(message, reduce, apply)));
  }

  /** Sets edge fields from the fields at both ends and on the edge (DGL: {@code apply_edges}). */
  public void applyEdges(EdgeFunction function) {
    graph.edgeFrame(type()).setAll(new Pass(graph, relation).messages(function));
  }

  /** The same for some edges; other rows keep their value, or are 0 in a new field. */
  public void applyEdges(EdgeFunction function, int... edges) {
    int[] ids = distinct("edge", edges, numEdges());
    Map<String, Tensor> values = Pass.over(graph, relation, ids).messages(function);
    graph.edgeFrame(type()).setRows(ids, values);
  }

  /**
   * Sends along the given edges only; nodes that receive nothing keep their value, or 0 in a new
   * field.
   */
  public void sendAndRecv(int[] edges, EdgeFunction message, NodeFunction reduce) {
    int[] ids = distinct("edge", edges, numEdges());
    Pass pass = Pass.over(graph, relation, ids);
    Map<String, Tensor> values = pass.run(new Update(message, reduce, null));
    int[] reached = Arrays.stream(ids).map(adjacency()::dst).sorted().distinct().toArray();
    writeRows(pass.destinations(), reached, values);
  }

  /** Sends along all out-edges of the given nodes. */
  public void push(int[] nodes, EdgeFunction message, NodeFunction reduce) {
    int[] from = distinct("source node", nodes, adjacency().numSrc());
    sendAndRecv(sorted(rowEdges(relation.out(), from)), message, reduce);
  }

  /** Receives along all in-edges of the given nodes; a listed node without in-edges gets 0. */
  public void pull(int[] nodes, EdgeFunction message, NodeFunction reduce) {
    int[] to = distinct("destination node", nodes, adjacency().numDst());
    Pass pass = Pass.over(graph, relation, sorted(rowEdges(relation.in(), to)));
    Map<String, Tensor> values = pass.run(new Update(message, reduce, null));
    writeRows(pass.destinations(), to, values);
  }

  private void writeRows(Frame frame, int[] nodes, Map<String, Tensor> values) {
    Tensor ids = graph.relata().tensor(nodes);
    Map<String, Tensor> rows = new LinkedHashMap<>();
    values.forEach((field, t) -> rows.put(field, t.indexSelect(0, ids)));
    frame.setRows(nodes, rows);
  }

  private int[] distinct(String what, int[] ids, int limit) {
    check(what, ids, limit);
    return Arrays.stream(ids).distinct().toArray();
  }

  private static int[] sorted(int[] ids) {
    Arrays.sort(ids);
    return ids;
  }

  private void check(String what, int[] ids, int limit) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= limit) {
        throw RelataException.of(ErrorId.INDEX, "There is no such " + what)
            .where("relation '" + type() + "', position " + i)
            .expected("0 to " + (limit - 1))
            .found(Integer.toString(ids[i]))
            .build();
      }
    }
  }

  // ---- structure ----

  /** In-degree of every destination node, (numDst,) INT32. */
  public Tensor inDegrees() {
    return graph.relata().tensor(adjacency().inDegrees());
  }

  /** Out-degree of every source node, (numSrc,) INT32. */
  public Tensor outDegrees() {
    return graph.relata().tensor(adjacency().outDegrees());
  }

  /** In-degrees of some destination nodes, in their order. */
  public int[] inDegreesOf(int... nodes) {
    check("destination node", nodes, adjacency().numDst());
    return Arrays.stream(nodes).map(relation.in()::degree).toArray();
  }

  /** Out-degrees of some source nodes, in their order. */
  public int[] outDegreesOf(int... nodes) {
    check("source node", nodes, adjacency().numSrc());
    return Arrays.stream(nodes).map(relation.out()::degree).toArray();
  }

  /** Whether some edges share both ends (DGL: {@code is_multigraph}). */
  public boolean isMultigraph() {
    int[] src = adjacency().src();
    return IntStream.range(0, src.length)
        .anyMatch(e -> relation.pairs().first(src[e], adjacency().dst(e)) != e);
  }

  /** Ids of the edges from u to v, ascending. */
  public int[] edgeIds(int u, int v) {
    checkPairs(new int[] {u}, new int[] {v});
    return relation.pairs().between(u, v);
  }

  /** Whether there is an edge from u to v. */
  public boolean hasEdge(int u, int v) {
    return hasEdges(new int[] {u}, new int[] {v})[0];
  }

  /** Whether there are edges from u[i] to v[i] (DGL: {@code has_edges_between}). */
  public boolean[] hasEdges(int[] u, int[] v) {
    checkPairs(u, v);
    boolean[] has = new boolean[u.length];
    for (int i = 0; i < has.length; i++) {
      has[i] = relation.pairs().first(u[i], v[i]) >= 0;
    }
    return has;
  }

  /**
   * The smallest id of the edges from u[i] to v[i] (DGL: {@code edge_ids}).
   *
   * @throws RelataException INDEX where there is none
   */
  public int[] edgeIds(int[] u, int[] v) {
    checkPairs(u, v);
    int[] ids = new int[u.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = relation.pairs().first(u[i], v[i]);
      if (ids[i] < 0) {
        throw RelataException.of(ErrorId.INDEX, "There is no edge between two nodes")
            .where("relation '" + type() + "', position " + i)
            .expected("an edge from " + u[i] + " to " + v[i])
            .found("none")
            .remedy("ask hasEdges first, or use edgesBetween")
            .build();
      }
    }
    return ids;
  }

  /**
   * All edges from u[i] to v[i], pair by pair, those of a pair in ascending id (DGL: {@code
   * edge_ids} with {@code return_uv}).
   */
  public EdgeList edgesBetween(int[] u, int[] v) {
    checkPairs(u, v);
    return findEdges(
        IntStream.range(0, u.length)
            .mapToObj(i -> relation.pairs().between(u[i], v[i]))
            .flatMapToInt(IntStream::of)
            .toArray());
  }

  private void checkPairs(int[] u, int[] v) {
    if (u.length != v.length) {
      throw RelataException.of(ErrorId.EDGE_LISTS, "Sources and destinations differ in number")
          .where("relation '" + type() + "'")
          .expected("as many destinations as sources")
          .found(u.length + " sources, " + v.length + " destinations")
          .build();
    }
    check("source node", u, adjacency().numSrc());
    check("destination node", v, adjacency().numDst());
  }

  /** The given edges with their ends (DGL: {@code find_edges}). */
  public EdgeList findEdges(int... ids) {
    check("edge", ids, numEdges());
    return new EdgeList(
        Arrays.stream(ids).map(adjacency()::src).toArray(),
        Arrays.stream(ids).map(adjacency()::dst).toArray(),
        ids.clone());
  }

  /** All edges with their ends (DGL: {@code all_edges}); in the order of ids, this is COO. */
  public EdgeList allEdges(EdgeOrder order) {
    return findEdges(
        switch (order) {
          case ID -> IntStream.range(0, numEdges()).toArray();
          case SOURCE_DESTINATION -> relation.pairs().edges();
        });
  }

  /** Edges grouped by source. */
  public CompressedRows csr() {
    return relation.out().copy();
  }

  /** Edges grouped by destination. */
  public CompressedRows csc() {
    return relation.in().copy();
  }

  /** Ids of the edges into some nodes, node by node, those of a node ascending. */
  public int[] inEdges(int... nodes) {
    check("destination node", nodes, adjacency().numDst());
    return rowEdges(relation.in(), nodes);
  }

  /** Ids of the edges out of some nodes, node by node, those of a node ascending. */
  public int[] outEdges(int... nodes) {
    check("source node", nodes, adjacency().numSrc());
    return rowEdges(relation.out(), nodes);
  }

  private static int[] rowEdges(CompressedRows rows, int[] nodes) {
    return Arrays.stream(nodes)
        .flatMap(r -> Arrays.stream(rows.edges(), rows.offsets()[r], rows.offsets()[r + 1]))
        .toArray();
  }

  /** Sources of the edges into v, by edge id. */
  public int[] predecessors(int v) {
    return Arrays.stream(inEdges(v)).map(adjacency()::src).toArray();
  }

  /** Destinations of the edges out of u, by edge id. */
  public int[] successors(int u) {
    return Arrays.stream(outEdges(u)).map(adjacency()::dst).toArray();
  }

  @Override
  public String toString() {
    return "relation " + type() + ": " + numEdges() + " edges";
  }
}
