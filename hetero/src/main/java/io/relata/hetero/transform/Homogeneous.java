package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A graph of several types as one of a single type, that remembers what everything was (DGL: {@code
 * to_homogeneous}, whose {@code _TYPE} and {@code _ID} fields are the components here).
 *
 * @param graph nodes type by type, edges relation by relation
 * @param nodeTypes the node type of each number
 * @param edgeTypes the relation of each number
 * @param nodeType the number of each node's type
 * @param nodeIds each node's id within its type
 * @param edgeType the number of each edge's relation
 * @param edgeIds each edge's id within its relation
 */
public record Homogeneous(
    HeteroGraph graph,
    List<String> nodeTypes,
    List<EdgeType> edgeTypes,
    int[] nodeType,
    int[] nodeIds,
    int[] edgeType,
    int[] edgeIds) {

  /** The same without fields. */
  public static Homogeneous of(HeteroGraph g) {
    return of(g, List.of(), List.of());
  }

  /**
   * Makes it.
   *
   * @param nodeFields fields to take along; every node type must have them, with one row shape
   * @param edgeFields the same of relations
   * @throws RelataException FIELD_UNKNOWN or SHAPE where a type lacks the field or its rows differ
   */
  public static Homogeneous of(
      HeteroGraph g, Collection<String> nodeFields, Collection<String> edgeFields) {
    List<String> nodeTypes = List.copyOf(g.nodeTypes());
    List<EdgeType> edgeTypes = g.edgeTypes();
    int[] counts = nodeTypes.stream().mapToInt(g::numNodes).toArray();
    Map<String, Integer> first = new TreeMap<>();
    int at = 0;
    for (int t = 0; t < counts.length; t++) {
      first.put(nodeTypes.get(t), at);
      at = Math.addExact(at, counts[t]);
    }
    int[] edgeCounts = edgeTypes.stream().mapToInt(t -> g.numEdges(t.toString())).toArray();
    IntStream src = IntStream.empty();
    IntStream dst = IntStream.empty();
    for (EdgeType type : edgeTypes) {
      int from = first.get(type.source());
      int to = first.get(type.destination());
      src = IntStream.concat(src, IntStream.of(g.adjacency(type).src()).map(u -> u + from));
      dst = IntStream.concat(dst, IntStream.of(g.adjacency(type).dst()).map(v -> v + to));
    }
    HeteroGraph made = HeteroGraph.homogeneous(g.relata(), at, src.toArray(), dst.toArray());
    for (String field : nodeFields) {
      List<Tensor> parts = nodeTypes.stream().map(t -> g.nodes(t).get(field)).toList();
      made.nodes().set(field, Tensor.concat(0, parts));
    }
    for (String field : edgeFields) {
      List<Tensor> parts = edgeTypes.stream().map(t -> g.edges(t.toString()).get(field)).toList();
      made.edges().set(field, Tensor.concat(0, parts));
    }
    return new Homogeneous(
        made,
        nodeTypes,
        edgeTypes,
        numbers(counts),
        positions(counts),
        numbers(edgeCounts),
        positions(edgeCounts));
  }

  private static int[] numbers(int[] counts) {
    return IntStream.range(0, counts.length)
        .flatMap(t -> IntStream.generate(() -> t).limit(counts[t]))
        .toArray();
  }

  private static int[] positions(int[] counts) {
    return Arrays.stream(counts).flatMap(n -> IntStream.range(0, n)).toArray();
  }

  /** Back to the types it was made from, with the fields its graph has now. */
  public HeteroGraph toHeterogeneous() {
    return split(graph, nodeTypes, nodeType, edgeTypes, edgeType);
  }

  /**
   * The graph of several types that a homogeneous one stands for (DGL: {@code to_heterogeneous}).
   * Nodes and edges keep their order within their type; their old ids are {@code parentNodes} and
   * {@code parentEdges}. An edge's relation is named by its number; its full name follows from the
   * types of its ends, so one name can give several relations.
   *
   * @param nodeTypes the name of each number
   * @param nodeType the number of each node's type
   * @param relations the short name of each number
   * @param edgeType the number of each edge's relation
   */
  public static HeteroGraph toHeterogeneous(
      HeteroGraph g,
      List<String> nodeTypes,
      int[] nodeType,
      List<String> relations,
      int[] edgeType) {
    RelationView r = g.relation();
    check("node", nodeType, g.numNodes(), nodeTypes.size());
    check("edge", edgeType, r.numEdges(), relations.size());
    EdgeType[] full = new EdgeType[edgeType.length];
    Arrays.setAll(
        full,
        e ->
            new EdgeType(
                nodeTypes.get(nodeType[r.adjacency().src(e)]),
                relations.get(edgeType[e]),
                nodeTypes.get(nodeType[r.adjacency().dst(e)])));
    List<EdgeType> all = Arrays.stream(full).distinct().sorted().toList();
    int[] numbers = Arrays.stream(full).mapToInt(all::indexOf).toArray();
    return split(g, nodeTypes, nodeType, all, numbers);
  }

  private static void check(String what, int[] numbers, int count, int names) {
    if (numbers.length != count) {
      throw RelataException.of(ErrorId.ARGUMENT, "Every " + what + " needs the number of its type")
          .where("toHeterogeneous")
          .expected(count + " numbers")
          .found(Integer.toString(numbers.length))
          .build();
    }
    for (int i = 0; i < count; i++) {
      if (numbers[i] < 0 || numbers[i] >= names) {
        throw RelataException.of(ErrorId.INDEX, "There is no type of this number")
            .where("toHeterogeneous, " + what + " " + i)
            .expected("0 to " + (names - 1) + ", for " + names + " names")
            .found(Integer.toString(numbers[i]))
            .build();
      }
    }
  }

  private static HeteroGraph split(
      HeteroGraph g,
      List<String> nodeTypes,
      int[] nodeType,
      List<EdgeType> edgeTypes,
      int[] edgeType) {
    Derivation d = Derivation.of(g);
    RelationView r = g.relation();
    int[] newIds = new int[nodeType.length];
    int[] counts = new int[nodeTypes.size()];
    for (int v = 0; v < newIds.length; v++) {
      newIds[v] = counts[nodeType[v]]++;
    }
    for (int t = 0; t < counts.length; t++) {
      d.nodes(nodeTypes.get(t), r.type().source(), members(nodeType, t));
    }
    for (int t = 0; t < edgeTypes.size(); t++) {
      int[] ids = members(edgeType, t);
      d.edges(
          edgeTypes.get(t),
          r.type(),
          IntStream.of(ids).map(e -> newIds[r.adjacency().src(e)]).toArray(),
          IntStream.of(ids).map(e -> newIds[r.adjacency().dst(e)]).toArray(),
          ids);
    }
    return d.build();
  }

  private static int[] members(int[] numbers, int number) {
    return IntStream.range(0, numbers.length).filter(i -> numbers[i] == number).toArray();
  }
}
