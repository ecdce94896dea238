package io.relata.plugin.functions;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.RelationReduce;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.Arrays;

/**
 * The smooth maximum {@code T log(sum over the in-edges of exp(m / T))}, for every trailing
 * position by itself; a node without in-edges gets 0. Stable: the largest message is subtracted
 * first. Its gradient with respect to a message is the message's softmax weight among the node's.
 *
 * @param temperature T, above 0; towards 0 it becomes the maximum
 * @param message field of the message, (E, …)
 * @param out node field, (N, …)
 */
public record LogSumExp(double temperature, String message, String out) implements RelationReduce {
  /** Refuses a temperature that is not positive. */
  public LogSumExp {
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("The temperature must be above 0: " + temperature);
    }
  }

  @Override
  public Tensor reduce(Adjacency g, Tensor messages) {
    Tensor m = messages.detach().div(temperature);
    Tensor largest = GraphOps.copyReduce(g, Reducer.MAX, Arg.e(m));
    // An infinite maximum cannot be subtracted; exp gives the right answer without.
    Tensor zero = largest.relata().scalar(0, largest.dtype());
    Tensor shift = Tensor.where(largest.isFinite(), largest, zero);
    Tensor powers = GraphOps.gsddmm(g, MessageOp.SUB, Arg.e(m), Arg.v(shift)).exp();
    Tensor sums = GraphOps.copyReduce(g, Reducer.SUM, Arg.e(powers));
    Tensor any = hasInEdges(g, largest);
    Tensor result = Tensor.where(any, sums.log().add(shift).mul(temperature), zero);
    return Tensor.record(
        "logSumExp",
        result,
        gradient -> {
          Tensor weights = GraphOps.edgeSoftmax(g, m);
          return new Tensor[] {GraphOps.gsddmm(g, MessageOp.MUL, Arg.e(weights), Arg.v(gradient))};
        },
        messages);
  }

  /** BOOL, one for each row of {@code like}, to be broadcast over the row. */
  private static Tensor hasInEdges(Adjacency g, Tensor like) {
    long[] column = new long[like.shape().rank()];
    Arrays.fill(column, 1);
    column[0] = g.numDst();
    int[] degrees = g.inDegrees();
    boolean[] any = new boolean[degrees.length];
    for (int v = 0; v < any.length; v++) {
      any[v] = degrees[v] > 0;
    }
    return g.relata().tensor(any).reshape(column);
  }

  @Override
  public String toString() {
    return "logsumexp(" + temperature + ", '" + message + "', '" + out + "')";
  }
}
