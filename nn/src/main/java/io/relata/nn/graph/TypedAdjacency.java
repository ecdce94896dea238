package io.relata.nn.graph;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The edges of a graph split by type once, as {@link RelGraphConv} walks them: make it when the
 * graph is built and use it in every step. Holds for each type the edges between those nodes alone
 * that the type touches, so that a rare type costs little on a large graph.
 */
public final class TypedAdjacency {
  /**
   * Edges of one type with the nodes at one end numbered anew.
   *
   * @param edges the edges
   * @param rows (M,) INT32 the old number of each node at the renumbered end, or null where that
   *     end has its old numbers because the type touches most nodes anyway
   */
  record Part(Adjacency edges, Tensor rows) {}

  /**
   * Touched nodes are gathered and scattered only where they are fewer than this share of all; else
   * the copies cost more than the rows saved.
   */
  private static final double DENSE = 0.75;

  private final Relata relata;
  private final int numSrc;
  private final int numDst;
  private final int numEdges;
  private final int[][] src;
  private final int[][] dst;
  private final int[] touchedSrc;
  private final int[] touchedDst;
  private final Tensor[] ids;
  private final Part[][] parts;
  private final Map<DType, Tensor> mean = new EnumMap<>(DType.class);
  private final Map<DType, Tensor> degrees = new EnumMap<>(DType.class);

  private TypedAdjacency(Relata relata, int numSrc, int numDst, int[][] src, int[][] dst) {
    this.relata = relata;
    this.numSrc = numSrc;
    this.numDst = numDst;
    this.src = src;
    this.dst = dst;
    this.numEdges = Arrays.stream(src).mapToInt(s -> s.length).sum();
    this.touchedSrc = Arrays.stream(src).mapToInt(s -> touched(s, numSrc).length).toArray();
    this.touchedDst = Arrays.stream(dst).mapToInt(d -> touched(d, numDst).length).toArray();
    this.ids = new Tensor[src.length];
    this.parts = new Part[2][src.length];
  }

  /**
   * Splits a graph's edges.
   *
   * @param g all edges
   * @param types type of each edge by id, 0 to relations - 1
   * @param relations how many types there are
   * @throws RelataException FIELD_ROWS unless there is a type for every edge, INDEX for a type
   *     outside its range
   */
  public static TypedAdjacency of(Adjacency g, int[] types, int relations) {
    if (types.length != g.numEdges()) {
      throw RelataException.of(ErrorId.FIELD_ROWS, "Every edge needs a type")
          .where("edge types")
          .expected(g.numEdges() + " types, one per edge")
          .found(Integer.toString(types.length))
          .build();
    }
    int[] counts = new int[relations];
    for (int e = 0; e < types.length; e++) {
      if (types[e] < 0 || types[e] >= relations) {
        throw RelataException.of(ErrorId.INDEX, "An edge type is outside its range")
            .where("type of edge " + e)
            .expected("0 to " + (relations - 1) + ", for " + relations + " relations")
            .found(Integer.toString(types[e]))
            .build();
      }
      counts[types[e]]++;
    }
    int[][] src = new int[relations][];
    int[][] dst = new int[relations][];
    int[][] edgeIds = new int[relations][];
    for (int r = 0; r < relations; r++) {
      src[r] = new int[counts[r]];
      dst[r] = new int[counts[r]];
      edgeIds[r] = new int[counts[r]];
    }
    int[] next = new int[relations];
    for (int e = 0; e < types.length; e++) {
      int r = types[e];
      src[r][next[r]] = g.src(e);
      dst[r][next[r]] = g.dst(e);
      edgeIds[r][next[r]++] = e;
    }
    TypedAdjacency t = new TypedAdjacency(g.relata(), g.numSrc(), g.numDst(), src, dst);
    t.nameEdges(edgeIds);
    return t;
  }

  /**
   * Relations between the same nodes, each of a type of its own; edges are numbered through, one
   * relation after the other.
   *
   * @throws RelataException ARGUMENT for none, SHAPE for relations between different nodes
   */
  public static TypedAdjacency of(List<Adjacency> relations) {
    if (relations.isEmpty()) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is no relation").build();
    }
    Adjacency first = relations.getFirst();
    List<int[]> edgeIds = new ArrayList<>();
    int start = 0;
    for (Adjacency a : relations) {
      if (a.numSrc() != first.numSrc() || a.numDst() != first.numDst()) {
        throw RelataException.of(ErrorId.SHAPE, "The relations lie between different nodes")
            .where("relation " + edgeIds.size())
            .expected(first.numSrc() + " sources and " + first.numDst() + " destinations")
            .found(a.numSrc() + " and " + a.numDst())
            .build();
      }
      int from = start;
      start += a.numEdges();
      edgeIds.add(IntStream.range(from, start).toArray());
    }
    TypedAdjacency t =
        new TypedAdjacency(
            first.relata(),
            first.numSrc(),
            first.numDst(),
            relations.stream().map(Adjacency::src).toArray(int[][]::new),
            relations.stream().map(Adjacency::dst).toArray(int[][]::new));
    t.nameEdges(edgeIds.toArray(int[][]::new));
    return t;
  }

  private void nameEdges(int[][] edgeIds) {
    relata.unscoped(
        () -> {
          for (int r = 0; r < ids.length; r++) {
            ids[r] = relata.tensor(edgeIds[r], edgeIds[r].length);
          }
        });
  }

  /** The runtime whose memory holds the index structures. */
  public Relata relata() {
    return relata;
  }

  /** Number of edge types. */
  public int relations() {
    return src.length;
  }

  /** Number of source nodes. */
  public int numSrc() {
    return numSrc;
  }

  /** Number of destination nodes. */
  public int numDst() {
    return numDst;
  }

  /** Number of edges of all types. */
  public int numEdges() {
    return numEdges;
  }

  /** Number of edges of one type. */
  public int numEdges(int relation) {
    return src[relation].length;
  }

  /** How many nodes have an out-edge of the type. */
  int touchedSrc(int relation) {
    return touchedSrc[relation];
  }

  /** How many nodes have an in-edge of the type. */
  int touchedDst(int relation) {
    return touchedDst[relation];
  }

  /** (E_r,) INT32: the ids of the type's edges, ascending. */
  Tensor edgeIds(int relation) {
    return ids[relation];
  }

  /** The type's edges with touched sources numbered anew. */
  Part bySource(int relation) {
    return part(0, relation);
  }

  /** The type's edges with touched destinations numbered anew. */
  Part byDestination(int relation) {
    return part(1, relation);
  }

  private Part part(int end, int relation) {
    synchronized (parts) {
      if (parts[end][relation] == null) {
        parts[end][relation] = makePart(end, relation);
      }
      return parts[end][relation];
    }
  }

  private Part makePart(int end, int relation) {
    String where = "edge type " + relation;
    int[] s = src[relation];
    int[] d = dst[relation];
    int total = end == 0 ? numSrc : numDst;
    int[] rows = touched(end == 0 ? s : d, total);
    if (rows.length >= DENSE * total) {
      // Both ends have their old numbers, so one structure can serve as both parts.
      Part other = parts[1 - end][relation];
      return other != null && other.rows == null
          ? other
          : new Part(Adjacency.of(relata, where, numSrc, numDst, s, d), null);
    }
    int[] number = new int[total];
    for (int i = 0; i < rows.length; i++) {
      number[rows[i]] = i;
    }
    int[] renumbered = Arrays.stream(end == 0 ? s : d).map(v -> number[v]).toArray();
    Tensor[] index = new Tensor[1];
    relata.unscoped(() -> index[0] = relata.tensor(rows, rows.length));
    return end == 0
        ? new Part(Adjacency.of(relata, where, rows.length, numDst, renumbered, d), index[0])
        : new Part(Adjacency.of(relata, where, numSrc, rows.length, s, renumbered), index[0]);
  }

  private static int[] touched(int[] nodes, int total) {
    boolean[] seen = new boolean[total];
    for (int v : nodes) {
      seen[v] = true;
    }
    int n = 0;
    int[] rows = new int[total];
    for (int v = 0; v < total; v++) {
      if (seen[v]) {
        rows[n++] = v;
      }
    }
    return Arrays.copyOf(rows, n);
  }

  /** How many edges of each type lead into each node, (numDst, relations); made once per type. */
  Tensor inDegreesByType(DType dtype) {
    synchronized (degrees) {
      if (!degrees.containsKey(dtype)) {
        double[] counts = new double[Math.multiplyExact(numDst, src.length)];
        for (int r = 0; r < src.length; r++) {
          for (int v : dst[r]) {
            counts[v * src.length + r]++;
          }
        }
        relata.unscoped(
            () -> degrees.put(dtype, relata.tensor(counts, numDst, src.length).to(dtype)));
      }
      return degrees.get(dtype);
    }
  }

  /**
   * 1 / c of each edge (E,), c being the number of edges of its type into its destination; made
   * once per element type.
   */
  public Tensor meanNorm(DType dtype) {
    synchronized (mean) {
      if (!mean.containsKey(dtype)) {
        double[] norm = new double[numEdges];
        for (int r = 0; r < src.length; r++) {
          int[] degree = new int[numDst];
          for (int v : dst[r]) {
            degree[v]++;
          }
          int[] edge = ids[r].toIntArray();
          for (int i = 0; i < edge.length; i++) {
            norm[edge[i]] = 1.0 / degree[dst[r][i]];
          }
        }
        relata.unscoped(() -> mean.put(dtype, relata.tensor(norm, norm.length).to(dtype)));
      }
      return mean.get(dtype);
    }
  }
}
