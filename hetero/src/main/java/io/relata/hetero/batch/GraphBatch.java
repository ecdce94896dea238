package io.relata.hetero.batch;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Segments;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeType;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Several graphs of one schema as a single graph of their disjoint parts, which message passing
 * treats as any other (DGL: {@code batch}). The nodes and edges of a member are consecutive, in its
 * order.
 */
public final class GraphBatch {
  private final HeteroGraph graph;
  private final int size;
  private final Map<String, int[]> numNodes;
  private final Map<EdgeType, int[]> numEdges;
  private final Map<String, Segments> nodeSegments = new TreeMap<>();
  private final Map<EdgeType, Segments> edgeSegments = new TreeMap<>();

  private GraphBatch(
      HeteroGraph graph, int size, Map<String, int[]> numNodes, Map<EdgeType, int[]> numEdges) {
    this.graph = graph;
    this.size = size;
    this.numNodes = numNodes;
    this.numEdges = numEdges;
  }

  /**
   * Joins graphs; their fields are joined too, with gradients.
   *
   * @param graphs at least one, all with the same node types, relations and fields; a member
   *     without nodes of a type (edges of a relation) may lack its fields
   * @throws RelataException ARGUMENT for other schemas, FIELD_UNKNOWN for a missing field, both
   *     naming the member
   */
  public static GraphBatch of(List<HeteroGraph> graphs) {
    if (graphs.isEmpty()) {
      throw RelataException.of(ErrorId.ARGUMENT, "A batch needs at least one graph").build();
    }
    HeteroGraph first = graphs.getFirst();
    Map<String, int[]> numNodes = new TreeMap<>();
    for (int i = 0; i < graphs.size(); i++) {
      requireSameSchema(first, graphs.get(i), i);
    }
    GraphBuilder b = HeteroGraph.builder(first.relata());
    for (String type : first.nodeTypes()) {
      int[] counts = graphs.stream().mapToInt(g -> g.numNodes(type)).toArray();
      numNodes.put(type, counts);
      b.nodes(type, total(counts));
    }
    Map<EdgeType, int[]> numEdges = new TreeMap<>();
    for (EdgeType type : first.edgeTypes()) {
      numEdges.put(type, graphs.stream().mapToInt(g -> g.adjacency(type).numEdges()).toArray());
      IntStream src = IntStream.empty();
      IntStream dst = IntStream.empty();
      for (int i = 0; i < graphs.size(); i++) {
        Adjacency a = graphs.get(i).adjacency(type);
        int from = start(numNodes.get(type.source()), i);
        int to = start(numNodes.get(type.destination()), i);
        src = IntStream.concat(src, IntStream.of(a.src()).map(u -> u + from));
        dst = IntStream.concat(dst, IntStream.of(a.dst()).map(v -> v + to));
      }
      b.relation(type, src.toArray(), dst.toArray());
    }
    HeteroGraph joined = b.build();
    for (String type : first.nodeTypes()) {
      join(
              "node type '" + type + "'",
              graphs,
              g -> g.numNodes(type),
              g -> g.nodes(type).fields(),
              (g, f) -> g.nodes(type).get(f))
          .forEach(joined.nodes(type)::set);
    }
    for (EdgeType type : first.edgeTypes()) {
      String name = type.toString();
      join(
              "relation '" + type + "'",
              graphs,
              g -> g.numEdges(name),
              g -> g.edges(name).fields(),
              (g, f) -> g.edges(name).get(f))
          .forEach(joined.edges(name)::set);
    }
    return new GraphBatch(joined, graphs.size(), numNodes, numEdges);
  }

  /**
   * A graph that holds several already (DGL: {@code set_batch_num_nodes}, {@code
   * set_batch_num_edges}).
   *
   * @param numNodes nodes of each member, by node type
   * @param numEdges edges of each member, by short or full relation name
   * @throws RelataException ARGUMENT where the numbers do not add up, or an edge joins two members
   */
  public static GraphBatch of(
      HeteroGraph graph, Map<String, int[]> numNodes, Map<String, int[]> numEdges) {
    Map<String, int[]> nodes = new TreeMap<>(numNodes);
    Map<EdgeType, int[]> edges = new TreeMap<>();
    numEdges.forEach((name, counts) -> edges.put(graph.edgeType(name), counts));
    int size = numNodes.values().stream().mapToInt(c -> c.length).max().orElse(0);
    for (String type : graph.nodeTypes()) {
      requireTotal("node type '" + type + "'", nodes.get(type), size, graph.numNodes(type));
    }
    for (EdgeType type : graph.edgeTypes()) {
      Adjacency a = graph.adjacency(type);
      requireTotal("relation '" + type + "'", edges.get(type), size, a.numEdges());
      int[] srcMember = members(nodes.get(type.source()));
      int[] dstMember = members(nodes.get(type.destination()));
      int[] edgeMember = members(edges.get(type));
      for (int e = 0; e < a.numEdges(); e++) {
        if (srcMember[a.src(e)] != edgeMember[e] || dstMember[a.dst(e)] != edgeMember[e]) {
          throw RelataException.of(ErrorId.ARGUMENT, "An edge leaves its member of the batch")
              .where("relation '" + type + "', edge " + e)
              .expected("both ends in member " + edgeMember[e])
              .found("member " + srcMember[a.src(e)] + " to member " + dstMember[a.dst(e)])
              .build();
        }
      }
    }
    return new GraphBatch(graph, size, nodes, edges);
  }

  private static void requireTotal(String where, int[] counts, int size, int total) {
    if (counts == null || counts.length != size || total(counts) != total) {
      throw RelataException.of(ErrorId.ARGUMENT, "The members of a batch do not make up the graph")
          .where(where)
          .expected(size + " numbers that add up to " + total)
          .found(counts == null ? "none" : counts.length + " numbers, together " + total(counts))
          .build();
    }
  }

  private static int[] members(int[] counts) {
    return IntStream.range(0, counts.length)
        .flatMap(i -> IntStream.generate(() -> i).limit(counts[i]))
        .toArray();
  }

  private static void requireSameSchema(HeteroGraph first, HeteroGraph g, int position) {
    if (!g.nodeTypes().equals(first.nodeTypes()) || !g.edgeTypes().equals(first.edgeTypes())) {
      throw RelataException.of(ErrorId.ARGUMENT, "Graphs of a batch need the same schema")
          .where("batch, graph " + position)
          .expected(first.nodeTypes() + " and " + first.edgeTypes())
          .found(g.nodeTypes() + " and " + g.edgeTypes())
          .build();
    }
  }

  private static Map<String, Tensor> join(
      String owner,
      List<HeteroGraph> graphs,
      ToIntFunction<HeteroGraph> rows,
      Function<HeteroGraph, Set<String>> fields,
      BiFunction<HeteroGraph, String, Tensor> get) {
    Set<String> all = new TreeSet<>();
    graphs.forEach(g -> all.addAll(fields.apply(g)));
    Map<String, Tensor> joined = new TreeMap<>();
    for (String field : all) {
      List<Tensor> parts = new ArrayList<>();
      for (int i = 0; i < graphs.size(); i++) {
        HeteroGraph g = graphs.get(i);
        if (fields.apply(g).contains(field)) {
          parts.add(get.apply(g, field));
        } else if (rows.applyAsInt(g) > 0) {
          throw RelataException.of(ErrorId.FIELD_UNKNOWN, "A graph of a batch lacks a field")
              .where("batch, graph " + i + ", " + owner)
              .expected("field '" + field + "', as another graph of the batch has it")
              .found(fields.apply(g).toString())
              .remedy("set it, or remove it from the others")
              .build();
        }
      }
      joined.put(field, Tensor.concat(0, parts));
    }
    return joined;
  }

  private static int total(int[] counts) {
    return Math.toIntExact(IntStream.of(counts).asLongStream().sum());
  }

  private static int start(int[] counts, int member) {
    return Math.toIntExact(IntStream.of(counts).limit(member).asLongStream().sum());
  }

  /** All members as one graph. */
  public HeteroGraph graph() {
    return graph;
  }

  /** Number of members. */
  public int size() {
    return size;
  }

  /** Nodes of a type in each member (DGL: {@code batch_num_nodes}). */
  public int[] numNodes(String type) {
    graph.numNodes(type);
    return numNodes.get(type).clone();
  }

  /** Edges of a relation in each member (DGL: {@code batch_num_edges}). */
  public int[] numEdges(String relation) {
    return numEdges.get(graph.edgeType(relation)).clone();
  }

  /** The nodes of a type, a segment per member. */
  public synchronized Segments nodes(String type) {
    return nodeSegments.computeIfAbsent(type, t -> segments(numNodes(t)));
  }

  /** The edges of a relation, a segment per member. */
  public synchronized Segments edges(String relation) {
    return edgeSegments.computeIfAbsent(
        graph.edgeType(relation), t -> segments(numEdges(t.toString())));
  }

  private Segments segments(int[] lengths) {
    Relata relata = graph.relata();
    Segments[] made = new Segments[1];
    relata.unscoped(() -> made[0] = Segments.of(relata, lengths));
    return made[0];
  }

  /** A member as a graph of its own, with its fields (DGL: {@code slice_batch}). */
  public HeteroGraph get(int member) {
    if (member < 0 || member >= size) {
      throw RelataException.of(ErrorId.INDEX, "The batch has no such member")
          .expected("0 to " + (size - 1))
          .found(Integer.toString(member))
          .build();
    }
    Derivation d = Derivation.of(graph);
    numNodes.forEach((type, counts) -> d.nodes(type, range(counts, member)));
    numEdges.forEach(
        (type, counts) -> {
          int[] ids = range(counts, member);
          Adjacency a = graph.adjacency(type);
          int from = start(numNodes.get(type.source()), member);
          int to = start(numNodes.get(type.destination()), member);
          d.edges(
              type,
              IntStream.of(ids).map(e -> a.src(e) - from).toArray(),
              IntStream.of(ids).map(e -> a.dst(e) - to).toArray(),
              ids);
        });
    return d.build();
  }

  private static int[] range(int[] counts, int member) {
    int start = start(counts, member);
    return IntStream.range(start, start + counts[member]).toArray();
  }

  /** All members, with their fields as they are now (DGL: {@code unbatch}). */
  public List<HeteroGraph> unbatch() {
    return IntStream.range(0, size).mapToObj(this::get).toList();
  }
}
