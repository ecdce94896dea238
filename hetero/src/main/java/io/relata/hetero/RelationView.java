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
import java.util.function.IntPredicate;
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
    write(pass.destinations(), pass.run(new Update(message, reduce, apply)));
  }

  /** Sets edge fields from the fields at both ends and on the edge (DGL: {@code apply_edges}). */
  public void applyEdges(EdgeFunction function) {
    write(graph.edgeFrame(type()), new Pass(graph, relation).messages(function));
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
    boolean[] wanted = marks("source node", nodes, adjacency().numSrc());
    sendAndRecv(edgesWhere(e -> wanted[adjacency().src(e)]), message, reduce);
  }

  /** Receives along all in-edges of the given nodes; a listed node without in-edges gets 0. */
  public void pull(int[] nodes, EdgeFunction message, NodeFunction reduce) {
    boolean[] wanted = marks("destination node", nodes, adjacency().numDst());
    int[] ids = edgesWhere(e -> wanted[adjacency().dst(e)]);
    Pass pass = Pass.over(graph, relation, ids);
    Map<String, Tensor> values = pass.run(new Update(message, reduce, null));
    writeRows(pass.destinations(), distinct("node", nodes, adjacency().numDst()), values);
  }

  private int[] edgesWhere(IntPredicate p) {
    return IntStream.range(0, numEdges()).filter(p).toArray();
  }

  private static void write(Frame frame, Map<String, Tensor> values) {
    values.forEach(frame::check);
    values.forEach(frame::set);
  }

  private void writeRows(Frame frame, int[] nodes, Map<String, Tensor> values) {
    Tensor ids = graph.relata().tensor(nodes);
    Map<String, Tensor> rows = new LinkedHashMap<>();
    values.forEach((field, t) -> rows.put(field, t.indexSelect(0, ids)));
    frame.setRows(nodes, rows);
  }

  private int[] distinct(String what, int[] ids, int limit) {
    marks(what, ids, limit);
    return Arrays.stream(ids).distinct().toArray();
  }

  private boolean[] marks(String what, int[] ids, int limit) {
    boolean[] mark = new boolean[limit];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= limit) {
        throw RelataException.of(ErrorId.INDEX, "There is no such " + what)
            .where("relation '" + type() + "', position " + i)
            .expected("0 to " + (limit - 1))
            .found(Integer.toString(ids[i]))
            .build();
      }
      mark[ids[i]] = true;
    }
    return mark;
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

  /** Ids of the edges from u to v, ascending. */
  public int[] edgeIds(int u, int v) {
    return edgesWhere(e -> adjacency().src(e) == u && adjacency().dst(e) == v);
  }

  /** Whether there is an edge from u to v. */
  public boolean hasEdge(int u, int v) {
    return edgeIds(u, v).length > 0;
  }

  /** Ids of the edges into v, ascending. */
  public int[] inEdges(int v) {
    return edgesWhere(e -> adjacency().dst(e) == v);
  }

  /** Ids of the edges out of u, ascending. */
  public int[] outEdges(int u) {
    return edgesWhere(e -> adjacency().src(e) == u);
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
