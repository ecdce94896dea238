package io.relata.nn.graph;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.GradientSums;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.graph.TypedAdjacency.Part;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code out[v] = Σ over relations r of the sum or mean over r's in-edges (u, v) of x_r[u] W_r},
 * differentiable in every x and W: {@link RelationalProduct} over several node types. All relations
 * add to one result, in their order, and one relation's intermediate rows live at a time.
 */
final class HeteroProduct {
  private HeteroProduct() {}

  /**
   * One relation's part.
   *
   * @param x (numSrc, in) of its source type
   * @param weight (in, out)
   * @param mean whether it averages over its in-edges
   */
  record Term(TouchedNodes nodes, Tensor x, Tensor weight, boolean mean) {
    private Term detached() {
      return new Term(nodes, x.detach(), weight.detach(), mean);
    }

    private boolean aggregatesFirst() {
      return RelationalProduct.aggregatesFirst(
          nodes.all().numEdges(),
          nodes.sources(),
          nodes.destinations(),
          weight.dim(0),
          weight.dim(1));
    }

    private Reducer reducer() {
      return mean ? Reducer.MEAN : Reducer.SUM;
    }

    private void addTo(Tensor result) {
      if (aggregatesFirst()) {
        Part part = nodes.byDestination();
        Tensor sums = GraphOps.copyReduce(part.edges(), reducer(), Arg.u(x));
        PickedRows.add(sums, weight, false, result, part.rows());
        return;
      }
      Part part = nodes.bySource();
      Tensor rows = PickedRows.times(x, part.rows(), weight);
      FeaturePlan plan = FeaturePlan.copy(Math.toIntExact(weight.dim(1)));
      Operand sent = new Operand(rows.array(), Target.U);
      result
          .relata()
          .spmm()
          .run(
              new SpmmCall(
                  part.edges().in(),
                  MessageOp.COPY,
                  sent,
                  null,
                  plan,
                  reducer(),
                  result.array(),
                  null,
                  true));
      reachabilityFence(rows);
    }

    /** The result's gradient at the touched sources, which serves both x and the weight. */
    private Tensor carried(Tensor gradient) {
      Adjacency back = nodes.bySource().edges().reversed();
      return mean
          ? GraphOps.gspmm(
              back,
              MessageOp.MUL,
              Reducer.SUM,
              Arg.u(gradient),
              Arg.e(nodes.all().inverseInDegreesByEdge(gradient.dtype())))
          : GraphOps.copyReduce(back, Reducer.SUM, Arg.u(gradient));
    }
  }

  /** The sum of at least one term; all have the same destination nodes and the same width. */
  static Tensor of(List<Term> terms) {
    List<Tensor> inputs = new ArrayList<>();
    List<Term> plain = new ArrayList<>();
    List<Boolean> wanted = new ArrayList<>();
    for (Term t : terms) {
      inputs.add(t.x);
      inputs.add(t.weight);
      wanted.add(t.x.requiresGrad());
      wanted.add(t.weight.requiresGrad());
      plain.add(t.detached());
    }
    Term first = terms.getFirst();
    Relata relata = first.x.relata();
    Tensor result;
    try (NoGrad _ = new NoGrad()) {
      result = relata.zeros(first.x.dtype(), first.nodes.all().numDst(), first.weight.dim(1));
      for (Term t : plain) {
        try (Scope _ = relata.scope()) {
          t.addTo(result);
        }
      }
    }
    // By feature tensor as the caller knows it, where the gradients of several relations meet.
    List<Tensor> sources = terms.stream().map(Term::x).toList();
    return Tensor.record(
        "heteroProduct",
        result,
        (g, sums) -> gradients(plain, sources, wanted, g, sums),
        inputs.toArray(Tensor[]::new));
  }

  private static Tensor[] gradients(
      List<Term> terms,
      List<Tensor> sources,
      List<Boolean> wanted,
      Tensor gradient,
      GradientSums sums) {
    Relata relata = gradient.relata();
    Map<Tensor, Tensor> bySource = new IdentityHashMap<>();
    Tensor[] result = new Tensor[2 * terms.size()];
    for (int i = 0; i < terms.size(); i++) {
      Term t = terms.get(i);
      boolean wantX = wanted.get(2 * i);
      boolean wantW = wanted.get(2 * i + 1);
      if (!wantX && !wantW) {
        continue;
      }
      if (wantX && !bySource.containsKey(sources.get(i))) {
        Tensor sum = sums.soFar(2 * i);
        if (sum == null) {
          sum = relata.zeros(t.x.dtype(), t.x.shape().dims());
          result[2 * i] = sum;
        }
        bySource.put(sources.get(i), sum);
      }
      Tensor dw = wantW ? relata.empty(t.weight.dtype(), t.weight.shape()) : null;
      result[2 * i + 1] = dw;
      try (Scope _ = relata.scope()) {
        Tensor carried = t.carried(gradient);
        Tensor rows = t.nodes.bySource().rows();
        if (wantW) {
          PickedRows.transposedTimes(t.x, rows, carried, dw.array());
        }
        if (wantX) {
          PickedRows.add(carried, t.weight, true, bySource.get(sources.get(i)), rows);
        }
      }
    }
    return result;
  }
}
