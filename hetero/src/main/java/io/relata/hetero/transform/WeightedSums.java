package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import io.relata.spi.Reducer;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Sparse matrices as relations: products and sums with gradients of the weights. Results are
 * ordered by source, then destination, without parallel edges.
 */
public final class WeightedSums {
  private WeightedSums() {}

  /**
   * An edge (u, w) for all u → v in {@code a} and v → w in {@code b}, whose weight is the sum over
   * all v of the products of their weights (DGL: {@code adj_product_graph}).
   *
   * @param a a relation whose edges have the field
   * @param b a relation that leaves as many nodes as {@code a} enters
   * @param field weights, (E, …) in both
   */
  public static HeteroGraph product(RelationView a, RelationView b, String field) {
    if (a.adjacency().numDst() != b.adjacency().numSrc()) {
      throw RelataException.of(ErrorId.SHAPE, "The relations cannot be multiplied")
          .where("'" + a.type() + "' times '" + b.type() + "'")
          .expected("as many nodes in the middle on both sides")
          .found(a.adjacency().numDst() + " and " + b.adjacency().numSrc())
          .build();
    }
    CompressedRows out = b.csr();
    IntStream.Builder left = IntStream.builder();
    IntStream.Builder right = IntStream.builder();
    LongStream.Builder ends = LongStream.builder();
    for (int e = 0; e < a.numEdges(); e++) {
      int v = a.adjacency().dst(e);
      for (int slot = out.offsets()[v]; slot < out.offsets()[v + 1]; slot++) {
        left.add(e);
        right.add(out.edges()[slot]);
        ends.add(pair(a.adjacency().src(e), out.columns()[slot]));
      }
    }
    Relata relata = a.adjacency().relata();
    Tensor wa = a.edges().get(field).indexSelect(0, relata.tensor(left.build().toArray()));
    Tensor wb = b.edges().get(field).indexSelect(0, relata.tensor(right.build().toArray()));
    EdgeType type = new EdgeType(a.type().source(), HeteroGraph.EDGE, b.type().destination());
    int numSrc = a.adjacency().numSrc();
    int numDst = b.adjacency().numDst();
    return merged(type, numSrc, numDst, ends.build().toArray(), field, wa.mul(wb));
  }

  /**
   * An edge wherever one of the relations has one, whose weight is the sum of theirs (DGL: {@code
   * adj_sum_graph}).
   */
  public static HeteroGraph sum(RelationView a, RelationView b, String field) {
    Adjacency x = a.adjacency();
    Adjacency y = b.adjacency();
    if (x.numSrc() != y.numSrc() || x.numDst() != y.numDst()) {
      throw RelataException.of(ErrorId.SHAPE, "The relations cannot be added")
          .where("'" + a.type() + "' plus '" + b.type() + "'")
          .expected(x.numSrc() + " sources and " + x.numDst() + " destinations")
          .found(y.numSrc() + " and " + y.numDst())
          .build();
    }
    long[] ends = LongStream.concat(pairs(x), pairs(y)).toArray();
    Tensor weights = Tensor.concat(0, a.edges().get(field), b.edges().get(field));
    EdgeType type = new EdgeType(a.type().source(), HeteroGraph.EDGE, a.type().destination());
    return merged(type, x.numSrc(), x.numDst(), ends, field, weights);
  }

  private static LongStream pairs(Adjacency a) {
    return IntStream.range(0, a.numEdges()).mapToLong(e -> pair(a.src(e), a.dst(e)));
  }

  private static long pair(int src, int dst) {
    return (long) src << Integer.SIZE | dst;
  }

  private static HeteroGraph merged(
      EdgeType type, int numSrc, int numDst, long[] ends, String field, Tensor weights) {
    Relata relata = weights.relata();
    long[] distinct = Arrays.stream(ends).sorted().distinct().toArray();
    HeteroGraph made =
        HeteroGraph.builder(relata)
            .nodes(type.source(), numSrc)
            .nodes(type.destination(), numDst)
            .relation(
                type,
                Arrays.stream(distinct).mapToInt(p -> (int) (p >>> Integer.SIZE)).toArray(),
                Arrays.stream(distinct).mapToInt(p -> (int) p).toArray())
            .build();
    Adjacency joining =
        Adjacency.of(
            relata,
            "weights of '" + type + "'",
            ends.length,
            distinct.length,
            IntStream.range(0, ends.length).toArray(),
            Arrays.stream(ends).mapToInt(p -> Arrays.binarySearch(distinct, p)).toArray());
    made.edges().set(field, GraphOps.copyReduce(joining, Reducer.SUM, Arg.e(weights)));
    return made;
  }
}
