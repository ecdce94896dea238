package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.EdgeFunction;
import io.relata.graph.EdgeSoftmax;
import io.relata.graph.NodeFunction;
import io.relata.graph.NormBy;
import io.relata.graph.Update;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A graph with node types and relations, and fields on both (DGL: {@code DGLGraph}). Its structure
 * never changes; fields do. Reading from several threads is safe, setting fields is not.
 *
 * <p>A graph of one node type and one relation is called homogeneous; the methods without a type or
 * relation argument are for those, and say so otherwise.
 */
public final class HeteroGraph {
  /** The node type of a homogeneous graph. */
  public static final String NODE = "_N";

  /** The relation of a homogeneous graph. */
  public static final String EDGE = "_E";

  private final Relata relata;
  private final Map<EdgeType, Relation> relations = new TreeMap<>();
  private final Map<String, Frame> srcFrames = new TreeMap<>();
  private final Map<String, Frame> dstFrames;
  private final Map<EdgeType, Frame> edgeFrames = new TreeMap<>();
  private final Parent parent;

  /** By full name, and by short name where that is unique. */
  private final Map<String, Relation> byName = new HashMap<>();

  /** By destination type, the in-degrees over all relations; see {@link #inDegrees}. */
  private final Map<String, Tensor> inDegrees = new HashMap<>();

  /** Where the nodes and edges of a derived graph come from; null for new edges. */
  record Parent(Map<String, Origin> src, Map<String, Origin> dst, Map<EdgeType, Origin> edges) {}

  HeteroGraph(Relata relata, Map<String, Integer> counts, Map<EdgeType, Adjacency> adjacencies) {
    this(relata, counts, null, adjacencies, null);
  }

  /**
   * A graph.
   *
   * @param dstCounts nodes as destinations, which makes the graph a block; null where sources and
   *     destinations are the same nodes
   */
  HeteroGraph(
      Relata relata,
      Map<String, Integer> counts,
      Map<String, Integer> dstCounts,
      Map<EdgeType, Adjacency> adjacencies,
      Parent parent) {
    this.relata = relata;
    this.parent = parent;
    String side = dstCounts == null ? "" : " as source";
    counts.forEach((type, n) -> srcFrames.put(type, nodeFrame(type, side, n)));
    if (dstCounts == null) {
      dstFrames = srcFrames;
    } else {
      dstFrames = new TreeMap<>();
      dstCounts.forEach((type, n) -> dstFrames.put(type, nodeFrame(type, " as destination", n)));
    }
    adjacencies.forEach(
        (type, a) -> {
          relations.put(type, new Relation(type, a));
          edgeFrames.put(type, new Frame(relata, "relation '" + type + "'", "edges", a.numEdges()));
        });
    Map<String, Integer> sameName = new HashMap<>();
    relations.keySet().forEach(t -> sameName.merge(t.relation(), 1, Integer::sum));
    relations.values().stream()
        .filter(r -> sameName.get(r.type().relation()) == 1)
        .forEach(r -> byName.put(r.type().relation(), r));
    relations.values().forEach(r -> byName.put(r.type().toString(), r));
  }

  private Frame nodeFrame(String type, String side, int count) {
    return new Frame(relata, "node type '" + type + "'" + side, "nodes", count);
  }

  /** Starts a graph. */
  public static GraphBuilder builder(Relata relata) {
    return new GraphBuilder(relata);
  }

  /** A homogeneous graph of {@code numNodes} nodes with edges src[i] → dst[i]. */
  public static HeteroGraph homogeneous(Relata relata, int numNodes, int[] src, int[] dst) {
    return builder(relata).nodes(NODE, numNodes).relation(NODE, EDGE, NODE, src, dst).build();
  }

  /** The runtime. */
  public Relata relata() {
    return relata;
  }

  /**
   * A copy of structure and fields in another runtime, for instance on another device; this graph
   * where it is of that runtime already (DGL: {@code DGLGraph.to(device)}). Fields are copied as by
   * {@link Tensor#to(Relata)}; ids of the graph that this one was made from come along.
   */
  public HeteroGraph to(Relata other) {
    if (other == relata) {
      return this;
    }
    Map<EdgeType, Adjacency> adjacencies = new TreeMap<>();
    relations.forEach(
        (type, r) -> {
          Adjacency a = r.adjacency();
          adjacencies.put(
              type,
              Adjacency.of(
                  other, "relation '" + type + "'", a.numSrc(), a.numDst(), a.src(), a.dst()));
        });
    Parent moved =
        parent == null
            ? null
            : new Parent(to(parent.src, other), to(parent.dst, other), to(parent.edges, other));
    HeteroGraph copy =
        new HeteroGraph(
            other, counts(srcFrames), isBlock() ? counts(dstFrames) : null, adjacencies, moved);
    copy.srcFrames.forEach((type, f) -> f.copyFrom(srcFrames.get(type)));
    if (isBlock()) {
      copy.dstFrames.forEach((type, f) -> f.copyFrom(dstFrames.get(type)));
    }
    copy.edgeFrames.forEach((type, f) -> f.copyFrom(edgeFrames.get(type)));
    return copy;
  }

  private static <K extends Comparable<? super K>> Map<K, Origin> to(
      Map<K, Origin> origins, Relata other) {
    Map<K, Origin> moved = new TreeMap<>();
    origins.forEach((key, o) -> moved.put(key, o == null ? null : o.to(other)));
    return moved;
  }

  private static Map<String, Integer> counts(Map<String, Frame> frames) {
    Map<String, Integer> counts = new TreeMap<>();
    frames.forEach((type, f) -> counts.put(type, f.rows()));
    return counts;
  }

  // ---- schema ----

  /** Node types, alphabetical. */
  public Set<String> nodeTypes() {
    return Collections.unmodifiableSet(srcFrames.keySet());
  }

  /**
   * Relations in the order of their ids: alphabetical by source type, relation, destination type.
   */
  public List<EdgeType> edgeTypes() {
    return List.copyOf(relations.keySet());
  }

  /** Nodes of a type; in a block, sources and destinations are counted apart. */
  public int numNodes(String type) {
    return oneSided(type).rows();
  }

  /** Nodes of a type as sources. */
  public int numSrcNodes(String type) {
    return srcFrame(type).rows();
  }

  /** Nodes of a type as destinations. */
  public int numDstNodes(String type) {
    return dstFrame(type).rows();
  }

  /** All nodes. */
  public int numNodes() {
    return nodeTypes().stream().mapToInt(this::numNodes).sum();
  }

  /**
   * Whether sources and destinations are numbered, and have fields, apart: a layer of message flow
   * (DGL: {@code is_block}).
   */
  public boolean isBlock() {
    return dstFrames != srcFrames;
  }

  /** Whether it has one node type and one relation. */
  public boolean isHomogeneous() {
    return srcFrames.size() == 1 && relations.size() == 1;
  }

  /** The schema as a graph: node i is the i-th node type, edge j the j-th relation. */
  public HeteroGraph metagraph() {
    List<String> types = List.copyOf(nodeTypes());
    int[] src = edgeTypes().stream().mapToInt(t -> types.indexOf(t.source())).toArray();
    int[] dst = edgeTypes().stream().mapToInt(t -> types.indexOf(t.destination())).toArray();
    return homogeneous(relata, types.size(), src, dst);
  }

  /** Edges of a relation. */
  public int numEdges(String relation) {
    return find(relation).numEdges();
  }

  /** All edges. */
  public long numEdges() {
    return relations.values().stream().mapToLong(Relation::numEdges).sum();
  }

  /**
   * The full name of a relation given by its short or full one.
   *
   * @throws RelataException RELATION_UNKNOWN or RELATION_AMBIGUOUS, listing the candidates
   */
  public EdgeType edgeType(String relation) {
    return find(relation).type();
  }

  Relation find(String name) {
    Relation known = byName.get(name);
    if (known != null) {
      return known;
    }
    List<Relation> found =
        relations.values().stream().filter(r -> r.type().relation().equals(name)).toList();
    if (found.isEmpty()) {
      throw RelataException.of(ErrorId.RELATION_UNKNOWN, "The graph has no such relation")
          .expected("one of " + relations.keySet())
          .found("'" + name + "'")
          .build();
    }
    throw RelataException.of(ErrorId.RELATION_AMBIGUOUS, "Several relations have this short name")
        .expected("one of " + found.stream().map(Relation::type).toList())
        .found("'" + name + "'")
        .remedy("use the full name, source:relation:destination")
        .build();
  }

  private Frame frame(Map<String, Frame> frames, String type) {
    Frame f = frames.get(type);
    if (f == null) {
      throw RelataException.of(ErrorId.TYPE_UNKNOWN, "The graph has no such node type")
          .expected("one of " + frames.keySet())
          .found("'" + type + "'")
          .build();
    }
    return f;
  }

  private Frame oneSided(String type) {
    Frame f = srcFrame(type);
    if (isBlock()) {
      throw RelataException.of(
              ErrorId.TYPE_UNKNOWN, "In a block a node type has a source and a destination side")
          .where(f.owner())
          .remedy("use srcNodes, dstNodes, numSrcNodes or numDstNodes")
          .build();
    }
    return f;
  }

  private String onlyNodeType() {
    if (srcFrames.size() != 1) {
      throw RelataException.of(ErrorId.TYPE_UNKNOWN, "The graph has several node types")
          .expected("a node type, one of " + srcFrames.keySet())
          .found("none")
          .build();
    }
    return srcFrames.keySet().iterator().next();
  }

  private Relation onlyRelation() {
    if (relations.size() != 1) {
      throw RelataException.of(
              ErrorId.RELATION_AMBIGUOUS, "The graph does not have exactly one relation")
          .expected("a relation, one of " + relations.keySet())
          .found("none")
          .remedy("use relation(name) or multiUpdateAll")
          .build();
    }
    return relations.values().iterator().next();
  }

  Frame srcFrame(String type) {
    return frame(srcFrames, type);
  }

  Frame dstFrame(String type) {
    return frame(dstFrames, type);
  }

  Frame edgeFrame(EdgeType type) {
    return edgeFrames.get(type);
  }

  // ---- views ----

  /** The nodes of a homogeneous graph. */
  public NodeView nodes() {
    return nodes(onlyNodeType());
  }

  /** The nodes of a type. */
  public NodeView nodes(String type) {
    return new NodeView(this, type, oneSided(type));
  }

  /** The nodes of a type as sources. */
  public NodeView srcNodes(String type) {
    return new NodeView(this, type, srcFrame(type));
  }

  /** The nodes of a type as destinations. */
  public NodeView dstNodes(String type) {
    return new NodeView(this, type, dstFrame(type));
  }

  /** The edges of a homogeneous graph. */
  public EdgeView edges() {
    EdgeType type = onlyRelation().type();
    return new EdgeView(type, edgeFrame(type));
  }

  /** The edges of a relation. */
  public EdgeView edges(String relation) {
    EdgeType type = edgeType(relation);
    return new EdgeView(type, edgeFrame(type));
  }

  /** One relation, to pass messages along it. */
  public RelationView relation(String relation) {
    return new RelationView(this, find(relation));
  }

  /** The only relation of a homogeneous graph. */
  public RelationView relation() {
    return new RelationView(this, onlyRelation());
  }

  /** The edges of a relation as an index structure, for the functional form. */
  public Adjacency adjacency(EdgeType type) {
    return find(type).adjacency();
  }

  Relation find(EdgeType type) {
    Relation known = relations.get(type);
    return known != null ? known : find(type.toString());
  }

  /**
   * max(number of in-edges over all relations, 1) of each node of a type, (nodes,) FLOAT64; made
   * once, it outlives every scope.
   */
  synchronized Tensor inDegrees(String destination) {
    return inDegrees.computeIfAbsent(
        destination,
        _ -> {
          double[] total = new double[dstFrame(destination).rows()];
          for (Relation r : relations.values()) {
            if (r.type().destination().equals(destination)) {
              int[] degrees = r.adjacency().inDegrees();
              for (int v = 0; v < total.length; v++) {
                total[v] += degrees[v];
              }
            }
          }
          for (int v = 0; v < total.length; v++) {
            total[v] = Math.max(1, total[v]);
          }
          Tensor[] made = new Tensor[1];
          relata.unscoped(() -> made[0] = relata.tensor(total, total.length));
          return made[0];
        });
  }

  /** Until it is closed, fields change only for the time being. */
  public LocalScope localScope() {
    List<Frame> all = new ArrayList<>(srcFrames.values());
    all.addAll(dstFrames.values());
    all.addAll(edgeFrames.values());
    return new LocalScope(all);
  }

  // ---- message passing ----

  /**
   * Sends a message along every edge and reduces at every destination (DGL: {@code update_all}).
   * With several relations only built-in functions are allowed, and the reducer works across
   * relations too.
   */
  public void updateAll(EdgeFunction message, NodeFunction reduce) {
    updateAll(message, reduce, null);
  }

  /** The same with an update of the node fields, which sees the old and the reduced ones. */
  public void updateAll(EdgeFunction message, NodeFunction reduce, NodeFunction apply) {
    if (relations.size() == 1) {
      new RelationView(this, onlyRelation()).updateAll(message, reduce, apply);
    } else {
      new MultiPass(this).updateAll(new Update(message, reduce, apply));
    }
  }

  /** Sets edge fields of a homogeneous graph (DGL: {@code apply_edges}). */
  public void applyEdges(EdgeFunction function) {
    new RelationView(this, onlyRelation()).applyEdges(function);
  }

  /**
   * Passes messages along the listed relations and combines, per destination type, what they
   * deliver (DGL: {@code multi_update_all}). A type that no listed relation enters is untouched; in
   * one that is entered every row is overwritten.
   *
   * @param updates by short or full relation name
   * @param cross how the relations' results combine
   */
  public void multiUpdateAll(Map<String, Update> updates, CrossReducer cross) {
    multiUpdateAll(updates, cross, null);
  }

  /** The same with an update of the node fields of every type that was entered. */
  public void multiUpdateAll(Map<String, Update> updates, CrossReducer cross, NodeFunction apply) {
    new MultiPass(this).run(listed("multiUpdateAll", updates), cross, apply);
  }

  /**
   * Softmax over the edges of several relations together that share a destination node (or a source
   * node); a relation without edges changes nothing (DGL: {@code edge_softmax} of a dictionary).
   *
   * @param logits by short or full relation name, each (E, …) with the same trailing sizes among
   *     relations that meet
   * @return by full name, of the same shapes
   */
  public Map<EdgeType, Tensor> edgeSoftmax(Map<String, Tensor> logits, NormBy by) {
    Map<EdgeType, Tensor> byType = listed("edgeSoftmax", logits);
    Map<String, List<EdgeType>> meeting = new TreeMap<>();
    for (EdgeType type : byType.keySet()) {
      String end = by == NormBy.SOURCE ? type.source() : type.destination();
      meeting.computeIfAbsent(end, _ -> new ArrayList<>()).add(type);
    }
    Map<EdgeType, Tensor> result = new TreeMap<>();
    for (List<EdgeType> types : meeting.values()) {
      List<Tensor> parts =
          EdgeSoftmax.across(
              types.stream().map(this::adjacency).toList(),
              by,
              types.stream().map(byType::get).toList());
      for (int i = 0; i < types.size(); i++) {
        result.put(types.get(i), parts.get(i));
      }
    }
    return result;
  }

  /** By full name what was given by short or full one. */
  private <T> Map<EdgeType, T> listed(String call, Map<String, T> byName) {
    Map<EdgeType, T> byType = new TreeMap<>();
    byName.forEach(
        (name, value) -> {
          if (byType.put(edgeType(name), value) != null) {
            throw RelataException.of(ErrorId.RELATION_AMBIGUOUS, "A relation is listed twice")
                .where(call + ", relation '" + edgeType(name) + "'")
                .remedy("list it once, by its short or its full name")
                .build();
          }
        });
    return byType;
  }

  /**
   * The relations whose slots a stacked or concatenated result has, in order, for one destination
   * type.
   *
   * @param listed short or full names
   */
  public List<EdgeType> relationOrder(String destination, Set<String> listed) {
    Set<EdgeType> types = new TreeSet<>();
    listed.forEach(name -> types.add(edgeType(name)));
    return types.stream().filter(t -> t.destination().equals(destination)).toList();
  }

  // ---- subgraphs ----

  /** The subgraph that some nodes of a homogeneous graph induce; fields come along. */
  public HeteroGraph subgraph(int... nodes) {
    return subgraph(Map.of(onlyNodeType(), nodes));
  }

  /**
   * The subgraph that some nodes induce (DGL: {@code node_subgraph}): all edges whose ends are both
   * among them. Nodes get new ids in the given order; a type that is not named has no nodes. Edges
   * are ordered by their new source, those of one source by their old id. Fields are gathered when
   * first read.
   */
  public HeteroGraph subgraph(Map<String, int[]> nodes) {
    return NodeSubgraph.of(this, nodes);
  }

  /**
   * The graph of the relations that match (DGL: {@code g[source, relation, destination]}), with the
   * node types at their ends, all their nodes, and their fields. Null matches everything.
   *
   * @throws RelataException RELATION_UNKNOWN where no relation matches
   */
  public HeteroGraph slice(String source, String relation, String destination) {
    List<EdgeType> matching =
        edgeTypes().stream()
            .filter(t -> source == null || source.equals(t.source()))
            .filter(t -> relation == null || relation.equals(t.relation()))
            .filter(t -> destination == null || destination.equals(t.destination()))
            .toList();
    if (matching.isEmpty()) {
      throw RelataException.of(ErrorId.RELATION_UNKNOWN, "No relation matches the slice")
          .expected("one of " + relations.keySet())
          .found(any(source) + ":" + any(relation) + ":" + any(destination))
          .build();
    }
    Derivation d = Derivation.of(this);
    for (EdgeType type : matching) {
      d.keepNodes(type.source()).keepNodes(type.destination()).keepEdges(type);
    }
    return d.build();
  }

  private static String any(String name) {
    return name == null ? "*" : name;
  }

  /** Ids that the nodes of this graph have in the one it was made from, (count,) INT32. */
  public Tensor parentNodes(String type) {
    oneSided(type);
    return requireParent().src().get(type).index();
  }

  /** Ids that the source nodes of a block have in the graph it was made from, (count,) INT32. */
  public Tensor parentSrcNodes(String type) {
    srcFrame(type);
    return requireParent().src().get(type).index();
  }

  /** Ids that the destination nodes have in the graph it was made from, (count,) INT32. */
  public Tensor parentDstNodes(String type) {
    dstFrame(type);
    return requireParent().dst().get(type).index();
  }

  /** Ids that the edges of this graph have in the one it was made from, (count,) INT32. */
  public Tensor parentEdges(String relation) {
    EdgeType type = edgeType(relation);
    Origin origin = requireParent().edges().get(type);
    if (origin == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "The edges are in no other graph")
          .where("relation '" + type + "'")
          .build();
    }
    return origin.index();
  }

  private Parent requireParent() {
    if (parent == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "The graph was not made from another").build();
    }
    return parent;
  }

  /** Types, counts and fields, a line each. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder("HeteroGraph(\n");
    Map<String, Object> lines = new LinkedHashMap<>();
    srcFrames.forEach(
        (t, f) -> lines.put((isBlock() ? "source " : "nodes ") + t, f.rows() + " " + f.fields()));
    if (isBlock()) {
      dstFrames.forEach((t, f) -> lines.put("destination " + t, f.rows() + " " + f.fields()));
    }
    edgeFrames.forEach((t, f) -> lines.put("edges " + t, f.rows() + " " + f.fields()));
    lines.forEach((k, v) -> s.append("  ").append(k).append(": ").append(v).append('\n'));
    return s.append(')').toString();
  }
}
