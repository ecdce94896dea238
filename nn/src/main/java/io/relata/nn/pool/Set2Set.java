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
 * Reads the rows of a graph several times: {@code q = LSTM(q*)}, {@code a = softmax over v of q ·
 * x_v}, {@code q* = [q, sum of a_v x_v]}, starting from zeros (O. Vinyals and others, Order
 * matters: sequence to sequence for sets, 2016; DGL: {@code Set2Set} with one layer). Child {@code
 * lstm}. (rows, D) gives (graphs, 2 D).
 */
public final class Set2Set extends PoolLayer {
  private final int in;
  private final int iterations;
  private final Lstm lstm;

  /**
   * For rows of size in.
   *
   * @throws RelataException ARGUMENT for less than one iteration
   */
  public Set2Set(LayerContext context, int in, int iterations) {
    if (iterations < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "Set2Set reads the rows at least once")
          .found(iterations + " iterations")
          .build();
    }
    this.in = in;
    this.iterations = iterations;
    lstm = child("lstm", new Lstm(context, 2 * in, in));
  }

  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    Lstm.State state = lstm.start(graphs.count());
    Tensor read = x.relata().zeros(x.dtype(), graphs.count(), 2L * in);
    for (int i = 0; i < iterations; i++) {
      state = lstm.forward(read, state);
      Tensor query = SegmentOps.segmentBroadcast(graphs, state.h());
      Tensor attention = SegmentOps.segmentSoftmax(graphs, x.mul(query).sum(1, true));
      Tensor sum = SegmentOps.segmentReduce(graphs, Reducer.SUM, x.mul(attention));
      read = Tensor.concat(1, state.h(), sum);
    }
    return output(read, x);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", iterations=" + iterations;
  }
}
