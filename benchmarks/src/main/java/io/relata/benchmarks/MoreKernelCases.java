package io.relata.benchmarks;

import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The other pairs of message and reducer that have loops of their own, forward and backward, beside
 * the floor alone: what must be read of edges and nodes, and written.
 */
final class MoreKernelCases {
  private final Bench bench;
  private final Edges edges;
  private final int dim;
  private final Relata relata;
  private final Adjacency g;
  private final GraphFloor floor;

  MoreKernelCases(Bench bench, Edges edges, int dim) {
    this.bench = bench;
    this.edges = edges;
    this.dim = dim;
    relata = bench.relata();
    g = Adjacency.of(relata, edges.name(), edges.nodes(), edges.nodes(), edges.src(), edges.dst());
    floor = new GraphFloor(bench.floor(), g);
  }

  void run() {
    Tensor u = relata.rand(edges.nodes(), dim).requiresGrad(true);
    Tensor v = relata.rand(edges.nodes(), dim).requiresGrad(true);
    Tensor one = relata.rand(edges.size(), 1).requiresGrad(true);
    double nodes = floor.reduced(g.in(), dim);
    double weights = floor.values(g.in(), 1);
    spmm("u_add_e_sum", MessageOp.ADD, Reducer.SUM, Arg.u(u), Arg.e(one), nodes + weights);
    spmm("u_mul_e_mean", MessageOp.MUL, Reducer.MEAN, Arg.u(u), Arg.e(one), nodes + weights);
    spmm("u_mul_e_max", MessageOp.MUL, Reducer.MAX, Arg.u(u), Arg.e(one), nodes + weights);
    spmm(
        "u_mul_v_sum",
        MessageOp.MUL,
        Reducer.SUM,
        Arg.u(u),
        Arg.v(v),
        nodes + floor.readNodes(dim));
    spmm(
        "u_sub_v_max",
        MessageOp.SUB,
        Reducer.MAX,
        Arg.u(u),
        Arg.v(v),
        nodes + floor.readNodes(dim));
    Tensor few = relata.rand(edges.nodes(), 8, 1).requiresGrad(true);
    Tensor own = relata.rand(edges.nodes(), 8, 1).requiresGrad(true);
    both(
        "u_add_v_h8",
        () -> GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(few), Arg.v(own)),
        relata.rand(edges.size(), 8, 1),
        List.of(few, own),
        floor.rows(g.in(), 8) + floor.values(g.in(), 8));
    try (Scope _ = relata.scope()) {
      Tensor all = relata.rand(edges.size(), dim).requiresGrad(true);
      double rows = floor.values(g.in(), dim);
      spmm(
          "copy_e_sum",
          MessageOp.COPY,
          Reducer.SUM,
          Arg.e(all),
          null,
          rows + floor.writeNodes(dim));
      spmm("u_mul_e_sum_full", MessageOp.MUL, Reducer.SUM, Arg.u(u), Arg.e(all), nodes + rows);
    }
    relata.trimMemory();
  }

  private void spmm(String name, MessageOp op, Reducer reducer, Arg lhs, Arg rhs, double floorMs) {
    List<Tensor> inputs = new ArrayList<>(List.of(lhs.value()));
    if (rhs != null) {
      inputs.add(rhs.value());
    }
    both(
        name,
        () -> GraphOps.gspmm(g, op, reducer, lhs, rhs),
        relata.rand(edges.nodes(), dim),
        inputs,
        floorMs);
  }

  private void both(
      String name, Supplier<Tensor> body, Tensor gradient, List<Tensor> inputs, double floorMs) {
    bench.contest(name, edges, dim, floorMs, List.of(bench.inference(body)));
    Way training =
        new Way(
            Tool.RELATA,
            "relata",
            look -> {
              try (Scope _ = relata.scope()) {
                inputs.forEach(Tensor::zeroGrad);
                body.get().backward(gradient);
                return look ? Bench.first(inputs.getFirst().grad()) : null;
              }
            });
    bench.contest(name + "_backward", edges, dim, Double.NaN, List.of(training));
    inputs.forEach(Tensor::zeroGrad);
  }
}
