package io.relata.hetero.batch;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.spi.Reducer;

/**
 * What is computed for each graph of a batch from its nodes, or its edges, with gradients: a
 * readout is a view of the rows of one node type or relation (DGL: {@code readout_nodes}, {@code
 * softmax_edges}, {@code topk_nodes} and so on). Functions take tensors, so that intermediate
 * results need not be fields.
 */
public final class Readout {
  private final Segments segments;
  private final String owner;

  private Readout(Segments segments, String owner) {
    this.segments = segments;
    this.owner = owner;
  }

  /** Over the nodes of a homogeneous batch. */
  public static Readout nodes(GraphBatch batch) {
    return nodes(batch, batch.graph().nodes().type());
  }

  /** Over the nodes of a type. */
  public static Readout nodes(GraphBatch batch, String type) {
    return new Readout(batch.nodes(type), "nodes of type '" + type + "'");
  }

  /** Over the edges of a homogeneous batch. */
  public static Readout edges(GraphBatch batch) {
    return edges(batch, batch.graph().relation().type().toString());
  }

  /** Over the edges of a relation. */
  public static Readout edges(GraphBatch batch, String relation) {
    return new Readout(batch.edges(relation), "edges of relation '" + relation + "'");
  }

  /** Over any runs of rows. */
  public static Readout of(Segments segments) {
    return new Readout(segments, "rows");
  }

  /**
   * Sum, mean, max or min of the rows of each graph, 0 for a graph without any.
   *
   * @param x (rows, …)
   * @return (graphs, …)
   */
  public Tensor reduce(Reducer reducer, Tensor x) {
    check(x);
    return SegmentOps.segmentReduce(segments, reducer, x);
  }

  /**
   * The same of the rows times their weights. As in DGL the mean divides by the number of rows, not
   * by the sum of the weights.
   *
   * @param weights (rows, 1, …), or of the shape of x
   */
  public Tensor reduce(Reducer reducer, Tensor x, Tensor weights) {
    check(x);
    check(weights);
    return SegmentOps.segmentReduce(segments, reducer, x.mul(weights));
  }

  /**
   * Softmax over the rows of each graph, for every trailing position by itself.
   *
   * @param x (rows, …)
   * @return the same shape
   */
  public Tensor softmax(Tensor x) {
    check(x);
    return SegmentOps.segmentSoftmax(segments, x);
  }

  /**
   * A graph's row repeated for each of its nodes or edges.
   *
   * @param x (graphs, …)
   * @return (rows, …)
   */
  public Tensor broadcast(Tensor x) {
    return SegmentOps.segmentBroadcast(segments, x);
  }

  /**
   * The k largest, or smallest, numbers of every column of each graph on its own (DGL: {@code topk}
   * without {@code sortby}).
   *
   * @param x (rows, D)
   */
  public TopRows topk(Tensor x, int k, boolean largest) {
    check(x);
    return TopRows.ofColumns(segments, x, k, largest);
  }

  /**
   * The k rows of each graph that are largest, or smallest, in one column.
   *
   * @param x (rows, D)
   * @param sortBy column, negative ones count from the end
   */
  public TopRows topk(Tensor x, int k, boolean largest, int sortBy) {
    check(x);
    return TopRows.byColumn(segments, x, k, largest, sortBy);
  }

  private void check(Tensor x) {
    if (x.shape().rank() == 0 || x.dim(0) != segments.numRows()) {
      throw RelataException.of(ErrorId.FIELD_ROWS, "The feature has the wrong number of rows")
          .where("readout of the " + owner)
          .expected(segments.numRows() + " rows, those of all graphs of the batch")
          .found("shape " + x.shape())
          .build();
    }
  }
}
