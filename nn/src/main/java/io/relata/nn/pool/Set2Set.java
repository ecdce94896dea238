package io.relata.nn.pool;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.nn.LayerContext;
import io.relata.nn.Lstm;
import io.relata.spi.Reducer;

/**
 * Repeated attention to each graph's nodes, {@code q = LSTM(q*)}, α the softmax over the graph of
 * {@code x_v · q}, {@code q* = [q, Σ α_v x_v]}, from {@code q* = 0} (Vinyals et al., 2016; DGL:
 * {@code Set2Set} with one layer). Child {@code lstm}.
 */
public final class Set2Set extends GraphPooling {
  private final int size;
  private final int iterations;
  private final Lstm lstm;

  /**
   * For rows of the given size.
   *
   * @throws RelataException ARGUMENT unless there is an iteration
   */
  public Set2Set(LayerContext context, int size, int iterations) {
    if (iterations < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "Nothing would be read")
          .where("Set2Set")
          .expected("1 or more iterations")
          .found(Integer.toString(iterations))
          .build();
    }
    this.size = size;
    this.iterations = iterations;
    lstm = child("lstm", new Lstm(context, 2 * size, size));
  }

  /** {@inheritDoc} The result has the shape (graphs, 2 D). */
  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    requireRows(graphs, x);
    Lstm.State state = lstm.start(graphs.count());
    Tensor query = x.relata().zeros(x.dtype(), graphs.count(), 2L * size);
    for (int i = 0; i < iterations; i++) {
      state = lstm.forward(query, state);
      Tensor asked = SegmentOps.segmentBroadcast(graphs, state.h());
      Tensor attention = SegmentOps.segmentSoftmax(graphs, x.mul(asked).sum(1, true));
      Tensor read = SegmentOps.segmentReduce(graphs, Reducer.SUM, x.mul(attention));
      query = Tensor.concat(1, state.h(), read);
    }
    return output(query, x);
  }

  @Override
  protected String describe() {
    return "size=" + size + ", iterations=" + iterations;
  }
}
