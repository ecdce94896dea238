package io.relata.hetero;

import io.relata.NoGrad;
import io.relata.Tensor;
import java.util.List;

/**
 * The largest (or smallest) of the results of several relations, floating-point: rows without a
 * message do not take part, NaN does and stays, of equal ones the first wins and alone gets the
 * gradient. Two passes over each result forward; who won is found out when a gradient asks.
 */
final class CrossExtreme {
  private final boolean largest;

  CrossExtreme(boolean largest) {
    this.largest = largest;
  }

  Tensor combine(List<CrossReducer.Result> results) {
    Tensor[] values = results.stream().map(CrossReducer.Result::value).toArray(Tensor[]::new);
    Tensor best;
    try (NoGrad _ = new NoGrad()) {
      best = best(results);
    }
    return Tensor.record(
        largest ? "crossMax" : "crossMin", best, g -> gradients(results, best, g), values);
  }

  private Tensor best(List<CrossReducer.Result> results) {
    Tensor first = results.getFirst().value();
    double none = largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    Tensor absent = first.relata().scalar(none, first.dtype());
    Tensor best = null;
    Tensor any = null;
    for (CrossReducer.Result r : results) {
      Tensor received = r.receivedRows();
      Tensor value = Tensor.where(received, r.value(), absent);
      best = best == null ? value : largest ? best.maximum(value) : best.minimum(value);
      any = any == null ? received : any.logicalOr(received);
    }
    return Tensor.where(any, best, first.relata().scalar(0, first.dtype()));
  }

  private static Tensor[] gradients(List<CrossReducer.Result> results, Tensor best, Tensor g) {
    Tensor zero = g.relata().scalar(0, g.dtype());
    Tensor[] gradients = new Tensor[results.size()];
    Tensor open = null;
    for (int i = 0; i < gradients.length; i++) {
      CrossReducer.Result r = results.get(i);
      // Where a relation that takes part has NaN, so has the best.
      Tensor wins = r.value().eq(best).logicalOr(r.value().isNan()).logicalAnd(r.receivedRows());
      wins = open == null ? wins : wins.logicalAnd(open);
      gradients[i] = Tensor.where(wins, g, zero);
      open = open == null ? wins.logicalNot() : open.logicalXor(wins);
    }
    return gradients;
  }
}
