package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Segments;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A heterogeneous graph seen as one whose nodes and edges have types (DGL: {@code to_homogeneous}),
 * as {@link HgtConv} walks it: make it when the graph is built and use it in every step. Nodes of a
 * type stand together where the graph came with names.
 */
public final class TypedGraph {
  private final TypedAdjacency byType;
  private final Adjacency joined;
  private final int[] starts;
  private final Tensor nodeTypes;
  private final Segments runs;
  private final Map<String, Integer> names;
  private final int numNodeTypes;

  private TypedGraph(Adjacency g, int[] nodeTypes, int numNodeTypes, int[] types, int relations) {
    if (g.numSrc() != g.numDst() || nodeTypes.length != g.numSrc()) {
      throw RelataException.of(ErrorId.SHAPE, "Every node needs a type")
          .where("TypedGraph")
          .expected(g.numSrc() + " node types, and as many destinations as sources")
          .found(nodeTypes.length + " types, " + g.numDst() + " destinations")
          .build();
    }
    Relata relata = g.relata();
    byType = TypedAdjacency.of(g, types, relations);
    starts = new int[relations + 1];
    for (int r = 0; r < relations; r++) {
      starts[r + 1] = starts[r] + byType.numEdges(r);
    }
    // Edges of a type stand together, so that what they bring is joined and cut without sorting.
    int[] order =
        IntStream.range(0, relations)
            .flatMap(r -> IntStream.of(byType.edgeIds(r).toIntArray()))
            .toArray();
    joined = g.withEdges("typed graph", order);
    int[] lengths = new int[numNodeTypes];
    boolean sorted = true;
    for (int v = 0; v < nodeTypes.length; v++) {
      if (nodeTypes[v] < 0 || nodeTypes[v] >= numNodeTypes) {
        throw RelataException.of(ErrorId.INDEX, "A node type is outside its range")
            .where("type of node " + v)
            .expected("0 to " + (numNodeTypes - 1))
            .found(Integer.toString(nodeTypes[v]))
            .build();
      }
      lengths[nodeTypes[v]]++;
      sorted &= v == 0 || nodeTypes[v - 1] <= nodeTypes[v];
    }
    boolean together = sorted;
    Tensor[] made = new Tensor[1];
    Segments[] cut = new Segments[1];
    relata.unscoped(
        () -> {
          made[0] = relata.tensor(nodeTypes, nodeTypes.length);
          cut[0] = together ? Segments.of(relata, lengths) : null;
        });
    this.nodeTypes = made[0];
    this.numNodeTypes = numNodeTypes;
    runs = cut[0];
    names = new LinkedHashMap<>();
  }

  /**
   * From a graph whose nodes and edges have types.
   *
   * @param nodeTypes type of each node, 0 to numNodeTypes - 1
   * @param edgeTypes type of each edge by id, 0 to relations - 1
   * @throws RelataException SHAPE unless there is a type for every node, FIELD_ROWS for every edge,
   *     INDEX for a type outside its range
   */
  public static TypedGraph of(
      Adjacency g, int[] nodeTypes, int numNodeTypes, int[] edgeTypes, int relations) {
    return new TypedGraph(g, nodeTypes, numNodeTypes, edgeTypes, relations);
  }

  /** From a heterogeneous graph: types are numbered in its order. */
  public static TypedGraph of(HeteroGraph g) {
    Map<String, Integer> first = new LinkedHashMap<>();
    List<Integer> counts = new ArrayList<>();
    int nodes = 0;
    for (String type : g.nodeTypes()) {
      first.put(type, nodes);
      counts.add(g.numNodes(type));
      nodes += g.numNodes(type);
    }
    int[] nodeTypes = new int[nodes];
    int at = 0;
    for (int t = 0; t < counts.size(); t++) {
      Arrays.fill(nodeTypes, at, at + counts.get(t), t);
      at += counts.get(t);
    }
    int edges = Math.toIntExact(g.numEdges());
    int[] src = new int[edges];
    int[] dst = new int[edges];
    int[] types = new int[edges];
    int e = 0;
    List<EdgeType> relations = g.edgeTypes();
    for (int r = 0; r < relations.size(); r++) {
      EdgeType type = relations.get(r);
      Adjacency a = g.adjacency(type);
      for (int i = 0; i < a.numEdges(); i++, e++) {
        src[e] = a.src(i) + first.get(type.source());
        dst[e] = a.dst(i) + first.get(type.destination());
        types[e] = r;
      }
    }
    Adjacency all = Adjacency.of(g.relata(), "typed graph", nodes, nodes, src, dst);
    TypedGraph made = new TypedGraph(all, nodeTypes, counts.size(), types, relations.size());
    int t = 0;
    for (String type : first.keySet()) {
      made.names.put(type, counts.get(t++));
    }
    return made;
  }

  /**
   * Features of all types in one tensor, (nodes, D).
   *
   * @param x by node type, (N, D) with one D
   * @throws RelataException ARGUMENT unless there are features for every type
   */
  public Tensor join(Map<String, Tensor> x) {
    if (names.isEmpty() || !x.keySet().containsAll(names.keySet())) {
      throw RelataException.of(ErrorId.ARGUMENT, "Every node type needs features")
          .where("TypedGraph")
          .expected("features of " + names.keySet())
          .found(x.keySet().toString())
          .build();
    }
    return Tensor.concat(0, names.keySet().stream().map(x::get).toList());
  }

  /** The rows of each type of the graph that this came from; the reverse of {@link #join}. */
  public Map<String, Tensor> split(Tensor x) {
    Map<String, Tensor> parts = new LinkedHashMap<>();
    long at = 0;
    for (Map.Entry<String, Integer> e : names.entrySet()) {
      parts.put(e.getKey(), x.slice(0, at, at + e.getValue()));
      at += e.getValue();
    }
    return parts;
  }

  /** Number of nodes of all types. */
  public int numNodes() {
    return joined.numDst();
  }

  /** Number of node types. */
  public int numNodeTypes() {
    return numNodeTypes;
  }

  /** Number of edge types. */
  public int relations() {
    return byType.relations();
  }

  /** The edges by type. */
  TypedAdjacency byType() {
    return byType;
  }

  /** All edges, those of a type together. */
  Adjacency joined() {
    return joined;
  }

  /** The number of the first edge of a type in {@link #joined}. */
  int start(int relation) {
    return starts[relation];
  }

  /** (nodes,) INT32: the type of each node. */
  Tensor nodeTypes() {
    return nodeTypes;
  }

  /** Each node's row through the matrix of its type. */
  Tensor apply(TypedLinear map, Tensor x) {
    return runs == null ? map.forward(x, nodeTypes) : map.forward(x, runs);
  }
}
