package io.relata.graph;

import io.relata.Relata;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sparse sums that are run together, in one step of the backend: the gradients of one walk back
 * over several relations. Those that belong to one tensor are added up where the first of them
 * lies.
 */
final class PendingSums {
  private final Relata relata;
  private final List<SpmmCall> calls = new ArrayList<>();
  private final Map<Tensor, Tensor> results = new IdentityHashMap<>();

  PendingSums(Relata relata) {
    this.relata = relata;
  }

  /** Where a sum goes. */
  interface Sink {
    /**
     * The sum at each destination of op(lhs, rhs), or null where it is added to an earlier one.
     *
     * @param feature shape of a row of the result
     */
    Tensor add(Adjacency g, MessageOp op, Arg lhs, Arg rhs, FeaturePlan plan, Shape feature);
  }

  /** Computes at once, a result of its own for every sum. */
  static final Sink AT_ONCE =
      (g, op, lhs, rhs, plan, feature) -> {
        Tensor out = result(g, lhs, feature);
        GraphOps.spmm(g, op, lhs, rhs, plan, Reducer.SUM, out, null, false);
        return out;
      };

  private static Tensor result(Adjacency g, Arg lhs, Shape feature) {
    return g.relata().empty(lhs.value().dtype(), feature.prepend(g.numDst()));
  }

  /** Waits for {@link #run}; all sums of one tensor make one result. */
  Sink of(Tensor tensor) {
    return (g, op, lhs, rhs, plan, feature) -> {
      Tensor known = results.get(tensor);
      Tensor out = known == null ? result(g, lhs, feature) : known;
      calls.add(GraphOps.call(g, op, lhs, rhs, plan, Reducer.SUM, out, null, known != null));
      results.put(tensor, out);
      return known == null ? out : null;
    };
  }

  /** Computes what waits. */
  void run() {
    if (!calls.isEmpty()) {
      relata.spmm().runAll(calls);
    }
  }
}
