package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.graph.Adjacency;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Collects which nodes and edges of a graph another graph shall have, and builds that. This is what
 * subgraphs and transforms are made with, the user's own as well. The new graph knows the ids that
 * its nodes and edges have in the first one, and its fields are gathered from there when first
 * read, with gradients; fields of what is kept whole are shared.
 */
public final class Derivation {
  private record Ends(String from, Origin src, Origin dst) {}

  private record Edges(EdgeType from, Origin origin, Adjacency kept, int[] src, int[] dst) {}

  private final HeteroGraph parent;
  private final Relata relata;
  private final Map<String, Ends> nodes = new TreeMap<>();
  private final Map<EdgeType, Edges> edges = new TreeMap<>();
  private boolean block;

  private Derivation(HeteroGraph parent) {
    this.parent = parent;
    this.relata = parent.relata();
  }

  /** Starts a graph made of parts of {@code parent}. */
  public static Derivation of(HeteroGraph parent) {
    return new Derivation(parent);
  }

  // ---- nodes ----

  /** Keeps all nodes of a type, with their ids. */
  public Derivation keepNodes(String type) {
    Origin src = Origin.all(relata, parent.numSrcNodes(type));
    boolean twoSided = parent.isBlock();
    block |= twoSided;
    nodes.put(
        type, new Ends(type, src, twoSided ? Origin.all(relata, parent.numDstNodes(type)) : src));
    return this;
  }

  /** Keeps all nodes of all types. */
  public Derivation keepAllNodes() {
    parent.nodeTypes().forEach(this::keepNodes);
    return this;
  }

  /**
   * Some nodes of a type; they get new ids in this order.
   *
   * @throws RelataException NODE_ID for a node that the graph does not have
   */
  public Derivation nodes(String type, int... ids) {
    return nodes(type, type, ids);
  }

  /** The same under another name than the parent's type {@code from}. */
  public Derivation nodes(String type, String from, int[] ids) {
    check(from, ids, parent.numNodes(from));
    Origin origin = Origin.of(relata, ids.clone());
    nodes.put(type, new Ends(from, origin, origin));
    return this;
  }

  /** Keeps all nodes of a type and adds new ones after them, whose fields are 0. */
  public Derivation addNodes(String type, int count) {
    if (count < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "A node count is negative")
          .where("node type '" + type + "'")
          .found(Integer.toString(count))
          .build();
    }
    Origin origin = Origin.allAnd(relata, parent.numNodes(type), count);
    nodes.put(type, new Ends(type, origin, origin));
    return this;
  }

  /**
   * Some nodes of a type as sources and others as destinations, each numbered on its own: makes the
   * graph a block.
   */
  public Derivation ends(String type, int[] src, int[] dst) {
    check(type, src, parent.numNodes(type));
    check(type, dst, parent.numNodes(type));
    nodes.put(type, new Ends(type, Origin.of(relata, src.clone()), Origin.of(relata, dst.clone())));
    block = true;
    return this;
  }

  private static void check(String type, int[] ids, int count) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= count) {
        throw RelataException.of(ErrorId.NODE_ID, "There is no such node")
            .where("node type '" + type + "', position " + i)
            .expected("0 to " + (count - 1))
            .found(Integer.toString(ids[i]))
            .build();
      }
    }
  }

  // ---- edges ----

  /** Keeps a relation whole; the nodes at both ends must be kept whole too. */
  public Derivation keepEdges(EdgeType type) {
    Adjacency kept = parent.adjacency(type);
    edges.put(type, new Edges(type, Origin.all(relata, kept.numEdges()), kept, null, null));
    return this;
  }

  /** Keeps all relations. */
  public Derivation keepAllEdges() {
    parent.edgeTypes().forEach(this::keepEdges);
    return this;
  }

  /**
   * A relation of the parent's name with some of its edges.
   *
   * @param src new id of the source of each edge
   * @param dst new id of the destination of each edge
   * @param ids id of each edge in the parent
   */
  public Derivation edges(EdgeType type, int[] src, int[] dst, int[] ids) {
    return edges(type, type, src, dst, ids);
  }

  /** The same under another name than the parent's relation {@code from}. */
  public Derivation edges(EdgeType type, EdgeType from, int[] src, int[] dst, int[] ids) {
    int count = parent.numEdges(from.toString());
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= count) {
        throw RelataException.of(ErrorId.INDEX, "There is no such edge")
            .where("relation '" + from + "', position " + i)
            .expected("0 to " + (count - 1))
            .found(Integer.toString(ids[i]))
            .build();
      }
    }
    edges.put(type, new Edges(from, Origin.of(relata, ids.clone()), null, src, dst));
    return this;
  }

  /** All edges of the parent's relation {@code from}, in their order, with other ends or name. */
  public Derivation allEdges(EdgeType type, EdgeType from, int[] src, int[] dst) {
    int count = parent.numEdges(from.toString());
    edges.put(type, new Edges(from, Origin.all(relata, count), null, src, dst));
    return this;
  }

  /** Keeps all edges of a relation and adds new ones after them, whose fields are 0. */
  public Derivation addEdges(EdgeType type, int[] src, int[] dst) {
    Adjacency old = parent.adjacency(type);
    Origin origin = Origin.allAnd(relata, old.numEdges(), src.length);
    edges.put(type, new Edges(type, origin, null, joined(old.src(), src), joined(old.dst(), dst)));
    return this;
  }

  private static int[] joined(int[] a, int[] b) {
    return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }

  /** The parent's relation {@code from} with its edges turned around, sharing all memory. */
  public Derivation reversedEdges(EdgeType type, EdgeType from) {
    Adjacency turned = parent.adjacency(from).reversed();
    edges.put(type, new Edges(from, Origin.all(relata, turned.numEdges()), turned, null, null));
    return this;
  }

  /** Edges that the parent does not have; they have no fields. */
  public Derivation newEdges(EdgeType type, int[] src, int[] dst) {
    edges.put(type, new Edges(null, null, null, src, dst));
    return this;
  }

  // ---- the graph ----

  /**
   * The graph.
   *
   * @throws RelataException TYPE_UNKNOWN for a relation between node types that were not named,
   *     NODE_ID or EDGE_LISTS for edges that do not fit the nodes
   */
  public HeteroGraph build() {
    Map<EdgeType, Adjacency> adjacencies = new TreeMap<>();
    edges.forEach((type, e) -> adjacencies.put(type, adjacency(type, e)));
    Map<String, Integer> src = new TreeMap<>();
    Map<String, Integer> dst = new TreeMap<>();
    Map<String, Origin> srcOrigins = new TreeMap<>();
    Map<String, Origin> dstOrigins = new TreeMap<>();
    nodes.forEach(
        (type, ends) -> {
          src.put(type, ends.src.count());
          dst.put(type, ends.dst.count());
          srcOrigins.put(type, ends.src);
          dstOrigins.put(type, ends.dst);
        });
    Map<EdgeType, Origin> edgeOrigins = new TreeMap<>();
    edges.forEach((type, e) -> edgeOrigins.put(type, e.origin));
    HeteroGraph made =
        new HeteroGraph(
            relata,
            src,
            block ? dst : null,
            adjacencies,
            new HeteroGraph.Parent(srcOrigins, dstOrigins, edgeOrigins));
    nodes.forEach(
        (type, ends) -> {
          made.dstFrame(type).takeFrom(parent.dstFrame(ends.from), ends.dst);
          if (block) {
            made.srcFrame(type).takeFrom(parent.srcFrame(ends.from), ends.src);
          }
        });
    edges.forEach(
        (type, e) -> {
          if (e.origin != null) {
            made.edgeFrame(type).takeFrom(parent.edgeFrame(e.from), e.origin);
          }
        });
    return made;
  }

  private Adjacency adjacency(EdgeType type, Edges e) {
    int src = ends(type, type.source()).src.count();
    int dst = ends(type, type.destination()).dst.count();
    if (e.kept != null && e.kept.numSrc() == src && e.kept.numDst() == dst) {
      return e.kept;
    }
    int[] from = e.kept != null ? e.kept.src() : e.src;
    int[] to = e.kept != null ? e.kept.dst() : e.dst;
    return Adjacency.of(relata, "relation '" + type + "'", src, dst, from, to);
  }

  private Ends ends(EdgeType relation, String type) {
    Ends ends = nodes.get(type);
    if (ends == null) {
      throw RelataException.of(ErrorId.TYPE_UNKNOWN, "A relation needs the nodes at both its ends")
          .where("relation '" + relation + "'")
          .expected("one of " + nodes.keySet())
          .found("'" + type + "'")
          .remedy("name the nodes of that type first, or keepAllNodes()")
          .build();
    }
    return ends;
  }
}
