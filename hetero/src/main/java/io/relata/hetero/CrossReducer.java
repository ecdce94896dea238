package io.relata.hetero;

import io.relata.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Combines, for one destination type, the results of the listed relations that enter it. Results
 * come in the order of relation ids; a relation's row without a message is 0.
 */
@FunctionalInterface
public interface CrossReducer {
  /**
   * The combination.
   *
   * @param results one per relation, at least one, each (nodes, …)
   */
  Tensor combine(List<Result> results);

  /**
   * What one relation delivered.
   *
   * @param relation its full name
   * @param value (nodes, …), 0 where nothing arrived
   * @param received (nodes,) BOOL: whether a message arrived
   */
  record Result(EdgeType relation, Tensor value, Tensor received) {
    /** {@link #received} with ones for the feature axes, to broadcast against {@link #value}. */
    Tensor receivedRows() {
      long[] dims = new long[value.shape().rank()];
      Arrays.fill(dims, 1);
      dims[0] = value.dim(0);
      return received.reshape(dims);
    }
  }

  /** Sum; a relation without a message adds 0. */
  CrossReducer SUM = results -> fold(results);

  /** Sum divided by the number of listed relations. */
  CrossReducer MEAN = results -> fold(results).div(results.size());

  /** Sum divided by the number of relations that delivered a message to the node. */
  CrossReducer MEAN_NONEMPTY =
      results -> {
        Tensor sum = fold(results);
        Tensor count = null;
        for (Result r : results) {
          Tensor one = r.receivedRows().to(sum.dtype());
          count = count == null ? one : count.add(one);
        }
        return sum.div(count.clamp(1, Double.POSITIVE_INFINITY));
      };

  /**
   * Largest; a relation without a message for a node does not take part; of equal ones the first
   * wins.
   */
  CrossReducer MAX = results -> extreme(results, true);

  /**
   * Smallest; a relation without a message for a node does not take part; of equal ones the first
   * wins.
   */
  CrossReducer MIN = results -> extreme(results, false);

  /** A new axis 1 with one slot per relation. */
  CrossReducer STACK = results -> Tensor.stack(1, results.stream().map(Result::value).toList());

  /** Joined along the last axis. */
  CrossReducer CONCAT = results -> Tensor.concat(-1, results.stream().map(Result::value).toList());

  private static Tensor fold(List<Result> results) {
    Tensor sum = results.getFirst().value;
    for (Result r : results.subList(1, results.size())) {
      sum = sum.add(r.value);
    }
    return sum;
  }

  private static Tensor extreme(List<Result> results, boolean largest) {
    if (results.getFirst().value.dtype().isFloating()) {
      return results.size() == 1
          ? results.getFirst().value
          : new CrossExtreme(largest).combine(results);
    }
    Tensor best = results.getFirst().value;
    Tensor any = results.getFirst().receivedRows();
    for (Result r : results.subList(1, results.size())) {
      Tensor received = r.receivedRows();
      Tensor better = largest ? r.value.gt(best) : r.value.lt(best);
      Tensor wins = better.logicalOr(any.logicalNot());
      best = Tensor.where(received.logicalAnd(wins), r.value, best);
      any = any.logicalOr(received);
    }
    return best;
  }
}
