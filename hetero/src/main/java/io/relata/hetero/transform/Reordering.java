package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeList;
import io.relata.hetero.EdgeOrder;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The same graph with nodes or edges numbered otherwise, for locality of memory (DGL: {@code
 * reorder_graph}). {@code parentNodes} and {@code parentEdges} are the old ids.
 */
public final class Reordering {
  private Reordering() {}

  /**
   * Nodes in a given order; edges keep theirs.
   *
   * @param orders by node type, all old ids in the new order; other types stay
   */
  public static HeteroGraph ofNodes(HeteroGraph g, Map<String, int[]> orders) {
    Derivation d = Derivation.of(g).keepAllNodes();
    Map<String, Numbering> ids = new TreeMap<>();
    g.nodeTypes()
        .forEach(
            type -> {
              Numbering n = new Numbering(g.numNodes(type));
              int[] order = orders.get(type);
              if (order == null) {
                n.add(IntStream.range(0, g.numNodes(type)).toArray());
              } else {
                d.nodes(type, order);
                n.add(order);
                requireAll(type, order.length, n.count(), g.numNodes(type));
              }
              ids.put(type, n);
            });
    orders.keySet().forEach(g::numNodes);
    for (EdgeType type : g.edgeTypes()) {
      EdgeList e = g.relation(type.toString()).allEdges(EdgeOrder.ID);
      d.allEdges(
          type, type, ids.get(type.source()).of(e.src()), ids.get(type.destination()).of(e.dst()));
    }
    return d.build();
  }

  private static void requireAll(String type, int given, int different, int count) {
    if (given != count || different != count) {
      throw RelataException.of(ErrorId.NODE_ID, "An order names every node once")
          .where("Reordering, node type '" + type + "'")
          .expected(count + " different nodes")
          .found(given + " nodes, " + different + " different")
          .build();
    }
  }

  /**
   * An order of the nodes of a homogeneous graph that brings neighbours near each other: reverse
   * Cuthill–McKee (E. Cuthill, J. McKee, 1969; A. George, 1971) on edges taken both ways. Isolated
   * nodes come last.
   */
  public static int[] cuthillMcKee(HeteroGraph g) {
    RelationView r = g.relation();
    SelfLoops.among("Reordering.cuthillMcKee", g, r.type().toString());
    CompressedRows out = r.csr();
    CompressedRows in = r.csc();
    int n = out.numRows();
    int[] degree = new int[n];
    Arrays.setAll(degree, v -> out.degree(v) + in.degree(v));
    Comparator<Integer> byDegree =
        Comparator.comparingInt((Integer v) -> degree[v]).thenComparing(v -> v);
    Numbering reached = new Numbering(n);
    int at = 0;
    for (int start : IntStream.range(0, n).boxed().sorted(byDegree).toList()) {
      if (degree[start] == 0) {
        continue;
      }
      reached.add(start);
      while (at < reached.count()) {
        int v = reached.nodes(at++);
        IntStream.concat(row(out, v), row(in, v))
            .distinct()
            .boxed()
            .sorted(byDegree)
            .forEach(reached::add);
      }
    }
    int[] order = reached.nodes();
    IntStream reversed = IntStream.range(0, at).map(i -> order[order.length - 1 - i]);
    IntStream isolated = IntStream.range(0, n).filter(v -> degree[v] == 0);
    return IntStream.concat(reversed, isolated).toArray();
  }

  private static IntStream row(CompressedRows rows, int v) {
    return Arrays.stream(rows.columns(), rows.offsets()[v], rows.offsets()[v + 1]);
  }

  /** Edges of every relation by destination, those of one by id, so that slot and id agree. */
  public static HeteroGraph edgesByDestination(HeteroGraph g) {
    return edges(g, false);
  }

  /** Edges of every relation by source, those of one by id. */
  public static HeteroGraph edgesBySource(HeteroGraph g) {
    return edges(g, true);
  }

  private static HeteroGraph edges(HeteroGraph g, boolean bySource) {
    Derivation d = Derivation.of(g).keepAllNodes();
    for (EdgeType type : g.edgeTypes()) {
      RelationView r = g.relation(type.toString());
      EdgeList e = r.findEdges((bySource ? r.csr() : r.csc()).edges());
      d.edges(type, e.src(), e.dst(), e.ids());
    }
    return d.build();
  }
}
