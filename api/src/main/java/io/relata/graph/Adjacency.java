package io.relata.graph;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.RowIndex;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The edges of one relation, immutable: lists of sources and destinations (COO), and made when
 * first needed the two compressed forms, grouped by destination and by source. Views share
 * everything with what they were made from. Edge i goes from src[i] to dst[i]; i is its id.
 */
public final class Adjacency {
  /**
   * Edges (and rows) a row block holds at least; smaller ones cost more to hand out than to
   * compute.
   */
  private static final int BLOCK = 8_192;

  /** Row blocks at most; a few dozen a thread keep the threads evenly busy. */
  private static final int MAX_BLOCKS = 256;

  /** What an adjacency and its reverse share. */
  private static final class Edges {
    final Relata relata;
    final int[] numNodes;
    final int[][] ends;
    final RowIndex[] index = new RowIndex[2];
    final Tensor[] ids = new Tensor[2];
    final List<Map<DType, Tensor>> inverseDegrees =
        List.of(new EnumMap<>(DType.class), new EnumMap<>(DType.class));
    final List<Map<DType, Tensor>> inverseDegreesByEdge =
        List.of(new EnumMap<>(DType.class), new EnumMap<>(DType.class));

    Edges(Relata relata, int numSrc, int numDst, int[] src, int[] dst) {
      this.relata = relata;
      this.numNodes = new int[] {numSrc, numDst};
      this.ends = new int[][] {src, dst};
    }
  }

  private final Edges edges;

  /** Which entry of {@link Edges#ends} holds the sources: 0, or 1 in a reversed view. */
  private final int from;

  private Adjacency(Edges edges, int from) {
    this.edges = edges;
    this.from = from;
  }

  /**
   * Edges src[i] → dst[i].
   *
   * @param where names the relation in messages
   * @param numSrc number of source nodes
   * @param numDst number of destination nodes
   * @throws RelataException EDGE_LISTS for lists of different lengths, NODE_ID for an id outside
   *     its range
   */
  public static Adjacency of(
      Relata relata, String where, int numSrc, int numDst, int[] src, int[] dst) {
    if (src.length != dst.length) {
      throw RelataException.of(ErrorId.EDGE_LISTS, "Sources and destinations differ in number")
          .where(where)
          .expected("as many destinations as sources")
          .found(src.length + " sources, " + dst.length + " destinations")
          .build();
    }
    check(where, "source", src, numSrc);
    check(where, "destination", dst, numDst);
    return new Adjacency(new Edges(relata, numSrc, numDst, src.clone(), dst.clone()), 0);
  }

  private static void check(String where, String end, int[] ids, int count) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= count) {
        throw RelataException.of(
                ErrorId.NODE_ID, ids[i] < 0 ? "A node id is negative" : "A node id is too large")
            .where(where + ", " + end + " of edge " + i)
            .expected("0 to " + (count - 1) + ", for " + count + " nodes")
            .found(Integer.toString(ids[i]))
            .remedy(
                ids[i] < 0
                    ? "number the nodes of a type from 0"
                    : "give a larger node count, or none to have it inferred")
            .build();
      }
    }
  }

  /** The runtime whose memory holds the compressed forms. */
  public Relata relata() {
    return edges.relata;
  }

  /** Number of source nodes. */
  public int numSrc() {
    return edges.numNodes[from];
  }

  /** Number of destination nodes. */
  public int numDst() {
    return edges.numNodes[1 - from];
  }

  /** Number of edges. */
  public int numEdges() {
    return edges.ends[0].length;
  }

  /** Sources by edge id; a copy. */
  public int[] src() {
    return edges.ends[from].clone();
  }

  /** Destinations by edge id; a copy. */
  public int[] dst() {
    return edges.ends[1 - from].clone();
  }

  /** Source of an edge. */
  public int src(int edge) {
    return edges.ends[from][edge];
  }

  /** Destination of an edge. */
  public int dst(int edge) {
    return edges.ends[1 - from][edge];
  }

  /** The same edges seen the other way, sharing all memory. */
  public Adjacency reversed() {
    return new Adjacency(edges, 1 - from);
  }

  /**
   * The same nodes with only some of the edges, which get new ids in the given order.
   *
   * @param where names the relation in messages
   * @param ids different edge ids
   * @throws RelataException INDEX for an edge that does not exist or is named twice
   */
  public Adjacency withEdges(String where, int... ids) {
    boolean[] taken = new boolean[numEdges()];
    int[] src = new int[ids.length];
    int[] dst = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= taken.length || taken[ids[i]]) {
        throw RelataException.of(ErrorId.INDEX, "Some edges are needed, each at most once")
            .where(where + ", position " + i)
            .expected("0 to " + (taken.length - 1) + ", all different")
            .found(Integer.toString(ids[i]))
            .build();
      }
      taken[ids[i]] = true;
      src[i] = src(ids[i]);
      dst[i] = dst(ids[i]);
    }
    return new Adjacency(new Edges(edges.relata, numSrc(), numDst(), src, dst), 0);
  }

  /** Edges grouped by destination (CSC). */
  public RowIndex in() {
    return index(1 - from);
  }

  /** Edges grouped by source (CSR). */
  public RowIndex out() {
    return index(from);
  }

  /** Sources by edge id, (E,) INT32. */
  public Tensor srcIds() {
    return ids(from);
  }

  /** Destinations by edge id, (E,) INT32. */
  public Tensor dstIds() {
    return ids(1 - from);
  }

  /** In-degree of each destination node, parallel edges counted. */
  public int[] inDegrees() {
    return degrees(1 - from);
  }

  /** Out-degree of each source node, parallel edges counted. */
  public int[] outDegrees() {
    return degrees(from);
  }

  /** 1 / max(in-degree, 1), (numDst,), made once per type. */
  public Tensor inverseInDegrees(DType dtype) {
    int end = 1 - from;
    synchronized (edges) {
      Map<DType, Tensor> made = edges.inverseDegrees.get(end);
      if (!made.containsKey(dtype)) {
        double[] inverse =
            Arrays.stream(degrees(end)).mapToDouble(d -> 1.0 / Math.max(1, d)).toArray();
        edges.relata.unscoped(
            () -> made.put(dtype, edges.relata.tensor(inverse, inverse.length).to(dtype)));
      }
      return made.get(dtype);
    }
  }

  /** 1 / in-degree of each edge's destination, (numEdges,), made once per type. */
  public Tensor inverseInDegreesByEdge(DType dtype) {
    int end = 1 - from;
    synchronized (edges) {
      Map<DType, Tensor> made = edges.inverseDegreesByEdge.get(end);
      Tensor known = made.get(dtype);
      if (known == null) {
        int[] degrees = degrees(end);
        double[] inverse = new double[numEdges()];
        for (int e = 0; e < inverse.length; e++) {
          inverse[e] = 1.0 / degrees[edges.ends[end][e]];
        }
        edges.relata.unscoped(
            () -> made.put(dtype, edges.relata.tensor(inverse, inverse.length).to(dtype)));
        known = made.get(dtype);
      }
      return known;
    }
  }

  private int[] degrees(int end) {
    int[] d = new int[edges.numNodes[end]];
    for (int n : edges.ends[end]) {
      d[n]++;
    }
    return d;
  }

  private Tensor ids(int end) {
    synchronized (edges) {
      if (edges.ids[end] == null) {
        edges.relata.unscoped(() -> edges.ids[end] = edges.relata.tensor(edges.ends[end]));
      }
      return edges.ids[end];
    }
  }

  private RowIndex index(int end) {
    synchronized (edges) {
      if (edges.index[end] == null) {
        edges.relata.unscoped(() -> edges.index[end] = compress(end));
      }
      return edges.index[end];
    }
  }

  /** Counting sort by one end; stable, so edges stay in the order of their ids inside a row. */
  private RowIndex compress(int end) {
    int rows = edges.numNodes[end];
    int[] mine = edges.ends[end];
    int[] others = edges.ends[1 - end];
    int[] offsets = new int[rows + 1];
    boolean sorted = true;
    for (int i = 0; i < mine.length; i++) {
      offsets[mine[i] + 1]++;
      sorted &= i == 0 || mine[i - 1] <= mine[i];
    }
    for (int r = 0; r < rows; r++) {
      offsets[r + 1] += offsets[r];
    }
    int[] columns = others;
    Array ids = null;
    if (!sorted) {
      int[] next = Arrays.copyOf(offsets, rows);
      int[] edgeIds = new int[mine.length];
      columns = new int[mine.length];
      for (int i = 0; i < mine.length; i++) {
        int slot = next[mine[i]]++;
        edgeIds[slot] = i;
        columns[slot] = others[i];
      }
      ids = array(edgeIds);
    }
    return new RowIndex(
        rows,
        edges.numNodes[1 - end],
        mine.length,
        array(offsets),
        array(columns),
        ids,
        blocks(offsets));
  }

  private Array array(int[] values) {
    return edges.relata.tensor(values, Shape.of(values.length).dims()).array();
  }

  /** Cuts rows into blocks of about equal work, one unit for each edge and each row. */
  static int[] blocks(int[] offsets) {
    int rows = offsets.length - 1;
    long work = (long) rows + offsets[rows];
    int count = (int) Math.max(1, Math.min(MAX_BLOCKS, work / BLOCK));
    int[] cut = new int[count + 1];
    int row = 0;
    for (int b = 1; b < count; b++) {
      long until = work * b / count;
      while (row < rows && (long) row + offsets[row] < until) {
        row++;
      }
      cut[b] = row;
    }
    cut[count] = rows;
    return cut;
  }
}
