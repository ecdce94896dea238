package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeList;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Graphs with nodes and edges added or removed; the given graph stays what it is. Fields come
 * along; they are 0 for what is new, unless given. What remains keeps its order, and what is new
 * comes after it.
 */
public final class Edits {
  private Edits() {}

  /** New nodes of a type with 0 in every field (DGL: {@code add_nodes}). */
  public static HeteroGraph addNodes(HeteroGraph g, String type, int count) {
    return addNodes(g, type, count, Map.of());
  }

  /**
   * New nodes of a type.
   *
   * @param fields of the new nodes, each (count, …); a field that the old nodes lack is 0 for them
   */
  public static HeteroGraph addNodes(
      HeteroGraph g, String type, int count, Map<String, Tensor> fields) {
    Derivation d = Derivation.of(g).keepAllNodes().addNodes(type, count).keepAllEdges();
    HeteroGraph made = d.build();
    append(
        "node type '" + type + "'",
        g.numNodes(type),
        count,
        fields,
        f -> g.nodes(type).has(f) ? g.nodes(type).get(f) : null,
        made.nodes(type)::set);
    return made;
  }

  /** New edges with 0 in every field (DGL: {@code add_edges}). */
  public static HeteroGraph addEdges(HeteroGraph g, String relation, int[] src, int[] dst) {
    return addEdges(g, relation, src, dst, Map.of());
  }

  /**
   * New edges. Nodes that they name and that do not exist are added with 0 in every field.
   *
   * @param fields of the new edges, each (edges, …); a field that the old edges lack is 0 for them
   */
  public static HeteroGraph addEdges(
      HeteroGraph g, String relation, int[] src, int[] dst, Map<String, Tensor> fields) {
    EdgeType type = g.edgeType(relation);
    Map<String, Integer> counts = new TreeMap<>();
    counts.merge(type.source(), beyond(src), Math::max);
    counts.merge(type.destination(), beyond(dst), Math::max);
    Derivation d = Derivation.of(g).keepAllNodes().keepAllEdges();
    counts.forEach((t, n) -> d.addNodes(t, Math.max(0, n - g.numNodes(t))));
    HeteroGraph made = d.addEdges(type, src, dst).build();
    append(
        "relation '" + type + "'",
        g.numEdges(relation),
        src.length,
        fields,
        f -> g.edges(relation).has(f) ? g.edges(relation).get(f) : null,
        made.edges(type.toString())::set);
    return made;
  }

  private static int beyond(int[] ids) {
    return Arrays.stream(ids).max().orElse(-1) + 1;
  }

  private static void append(
      String where,
      int oldRows,
      int newRows,
      Map<String, Tensor> fields,
      Function<String, Tensor> old,
      BiConsumer<String, Tensor> set) {
    fields.forEach(
        (field, rows) -> {
          if (rows.shape().rank() == 0 || rows.dim(0) != newRows) {
            throw RelataException.of(
                    ErrorId.FIELD_ROWS, "A field of what is new has the wrong number of rows")
                .where(where + ", field '" + field + "'")
                .expected(newRows + " rows")
                .found("shape " + rows.shape())
                .build();
          }
          Tensor before = old.apply(field);
          if (before == null) {
            before = rows.relata().zeros(rows.dtype(), rows.shape().with(0, oldRows).dims());
          }
          set.accept(field, Tensor.concat(0, before, rows));
        });
  }

  /**
   * Without some nodes and their edges (DGL: {@code remove_nodes}); the remaining nodes are
   * numbered anew in their order, edges are ordered by source, then id.
   *
   * @param removed by node type
   */
  public static HeteroGraph removeNodes(HeteroGraph g, Map<String, int[]> removed) {
    Map<String, int[]> kept = new TreeMap<>();
    for (String type : g.nodeTypes()) {
      kept.put(
          type,
          without(
              ErrorId.NODE_ID,
              "node type '" + type + "'",
              removed.getOrDefault(type, new int[0]),
              g.numNodes(type)));
    }
    removed.keySet().forEach(g::numNodes);
    return g.subgraph(kept);
  }

  /**
   * Without some edges; all nodes stay (DGL: {@code remove_edges}).
   *
   * @param removed by short or full relation name
   */
  public static HeteroGraph removeEdges(HeteroGraph g, Map<String, int[]> removed) {
    Derivation d = Derivation.of(g).keepAllNodes().keepAllEdges();
    removed.forEach(
        (name, ids) -> {
          RelationView r = g.relation(name);
          String where = "relation '" + r.type() + "'";
          EdgeList e = r.findEdges(without(ErrorId.INDEX, where, ids, r.numEdges()));
          d.edges(r.type(), e.src(), e.dst(), e.ids());
        });
    return d.build();
  }

  private static int[] without(ErrorId error, String where, int[] ids, int count) {
    boolean[] gone = new boolean[count];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= count) {
        throw RelataException.of(error, "What shall be removed does not exist")
            .where(where + ", position " + i)
            .expected("0 to " + (count - 1))
            .found(Integer.toString(ids[i]))
            .build();
      }
      gone[ids[i]] = true;
    }
    return IntStream.range(0, count).filter(i -> !gone[i]).toArray();
  }
}
