package io.relata.benchmarks;

import ai.djl.ndarray.NDArray;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The kernels of message passing on one graph with rows of one width, forward and, as cases named
 * {@code …_backward}, forward and backward together: the operation, its record, and the gradients
 * of all of its operands from a given gradient of the result.
 */
final class KernelCases {
  private final Bench bench;
  private final Edges edges;
  private final int dim;
  private final Relata relata;
  private final Adjacency g;
  private final RowIndex in;
  private final RowIndex reversed;
  private final Tensor x;
  private final Tensor y;
  private final GraphFloor floor;
  private final CppPeer cpp;
  private final CppRows rows;
  private final CppRows reversedRows;
  private final TorchKernel torch;
  private final DglLoops loops;

  KernelCases(Bench bench, Edges edges, int dim) {
    this.bench = bench;
    this.edges = edges;
    this.dim = dim;
    relata = bench.relata();
    relata.seed(1);
    g = Adjacency.of(relata, edges.name(), edges.nodes(), edges.nodes(), edges.src(), edges.dst());
    in = g.in();
    reversed = g.out();
    x = relata.rand(edges.nodes(), dim).requiresGrad(true);
    y = relata.rand(edges.nodes(), dim).requiresGrad(true);
    floor = new GraphFloor(bench.floor(), g);
    // The C++ kernels hold whole vectors.
    cpp = dim % 16 == 0 ? bench.cpp() : null;
    rows = cpp == null ? null : cpp.rows(in);
    reversedRows = cpp == null ? null : cpp.rows(reversed);
    torch = bench.torch() == null ? null : new TorchKernel(bench.torch(), g, x, y);
    loops = bench.loops(g, edges);
  }

  /** Kernels over rows of features. */
  void rows() {
    copySum();
    copy("copy_u_mean", Reducer.MEAN, "mean");
    copy("copy_u_max", Reducer.MAX, "amax");
    copy("copy_u_min", Reducer.MIN, "amin");
    for (int heads : new int[] {1, 4, 8}) {
      weighted(heads);
    }
    dot(1);
    dot(4);
  }

  /** Edge softmax, whose width is its number of heads. */
  void softmax() {
    softmax(1);
    softmax(4);
    softmax(8);
  }

  /** The sum of neighbours alone. */
  void copySum() {
    Supplier<Tensor> body = () -> GraphOps.copyReduce(g, Reducer.SUM, Arg.u(x));
    Tensor out = relata.zeros(edges.nodes(), dim);
    Tensor gradient = relata.rand(edges.nodes(), dim);
    List<Way> forward = new ArrayList<>();
    List<Way> backward = new ArrayList<>();
    if (cpp != null) {
      forward.add(cpp(() -> cpp.copyUSum(rows, x, out), out));
      backward.add(
          cpp(
              () -> {
                cpp.copyUSum(rows, x, out);
                cpp.copyUSum(reversedRows, gradient, out);
              },
              out));
    }
    if (torch != null) {
      NDArray ones = torch.ones(g);
      String csr = TorchKernel.MATRIX + "z = torch.mm(a, x)\n";
      String add = TorchKernel.GATHERED + "z = torch.index_add(torch.zeros_like(x), 0, t, u)\n";
      forward.add(torch.forward("CSR product", csr, ones, false));
      forward.add(torch.forward("index_add", add, ones, true));
      backward.add(torch.backward("CSR product", csr, ones, false, "x", gradient));
      backward.add(torch.backward("CSR product, int64", csr, ones, true, "x", gradient));
      backward.add(torch.backward("index_add", add, ones, true, "x", gradient));
    }
    if (bench.nd4j() && (bench.full() || dim == 64)) {
      Nd4jPeer nd4j = new Nd4jPeer(edges, x);
      forward.add(new Way(Tool.ND4J, "gather, scatter_add", nd4j::sumByScatter));
      if (bench.full()) {
        forward.add(new Way(Tool.ND4J, "gather, unsorted_segment_sum", nd4j::sumBySegments));
      }
    }
    if (loops != null) {
      forward.add(loops.sum(x));
    }
    double forwards = floor.reduced(in, dim);
    contest("copy_u_sum", body, forward, forwards);
    contestBackward(
        "copy_u_sum",
        body,
        gradient,
        List.of(x),
        backward,
        forwards + floor.reduced(reversed, dim));
  }

  private void copy(String name, Reducer reducer, String torchReducer) {
    Supplier<Tensor> body = () -> GraphOps.copyReduce(g, reducer, Arg.u(x));
    Tensor out = relata.zeros(edges.nodes(), dim);
    Tensor gradient = relata.rand(edges.nodes(), dim);
    List<Way> forward = new ArrayList<>();
    List<Way> backward = new ArrayList<>();
    if (cpp != null && reducer == Reducer.MAX) {
      forward.add(cpp(() -> cpp.copyUMax(rows, x, out), out));
    }
    if (torch != null) {
      NDArray ones = torch.ones(g);
      String reduce =
          TorchKernel.MATRIX
              + "z = (torch._sparse_mm_reduce_impl(a, x, \"%s\"))[0]\n".formatted(torchReducer);
      String scatter =
          TorchKernel.GATHERED
              + "i = torch.expand_as(torch.unsqueeze(t, 1), u)\n"
              + "z = torch.scatter_reduce(torch.zeros_like(x), 0, i, u, \"%s\", include_self=False)\n"
                  .formatted(torchReducer);
      forward.add(torch.forward("sparse.mm reduce", reduce, ones, false));
      forward.add(torch.forward("scatter_reduce", scatter, ones, true));
      backward.add(torch.backward("sparse.mm reduce", reduce, ones, true, "x", gradient));
      if (reducer == Reducer.MEAN) {
        NDArray shares = torch.bySlot(shares());
        String csr = TorchKernel.MATRIX + "z = torch.mm(a, x)\n";
        forward.add(torch.forward("CSR product", csr, shares, false));
        backward.add(torch.backward("CSR product", csr, shares, false, "x", gradient));
      } else if (bench.full()) {
        backward.add(torch.backward("scatter_reduce", scatter, ones, true, "x", gradient));
      }
    }
    double forwards = floor.reduced(in, dim);
    contest(name, body, forward, forwards);
    double back =
        reducer == Reducer.MEAN
            ? floor.reduced(reversed, dim)
            // Winners are written and read, gradients read, and every row written.
            : 2 * floor.writeNodes(dim) + 2 * floor.readNodes(dim);
    contestBackward(name, body, gradient, List.of(x), backward, forwards + back);
  }

  /** 1 / in-degree of each edge's destination. */
  private Tensor shares() {
    int[] degrees = g.inDegrees();
    float[] shares = new float[edges.size()];
    for (int e = 0; e < shares.length; e++) {
      shares[e] = 1f / degrees[edges.dst()[e]];
    }
    return relata.tensor(shares);
  }

  private void weighted(int heads) {
    if (dim % heads != 0) {
      return;
    }
    int width = dim / heads;
    Tensor w = relata.rand(edges.size(), heads, 1).requiresGrad(true);
    Supplier<Tensor> body =
        () ->
            GraphOps.gspmm(
                g,
                MessageOp.MUL,
                Reducer.SUM,
                Arg.u(x.reshape(edges.nodes(), heads, width)),
                Arg.e(w));
    Tensor out = relata.zeros(edges.nodes(), dim);
    Tensor gradient = relata.rand(edges.nodes(), heads, width);
    List<Way> forward = new ArrayList<>();
    List<Way> backward = new ArrayList<>();
    if (cpp != null) {
      forward.add(cpp(() -> cpp.uMulESum(rows, x, w, heads, out), out));
      if (heads == 1) {
        Tensor dw = relata.zeros(edges.size());
        backward.add(
            cpp(
                () -> {
                  cpp.uMulESum(rows, x, w, heads, out);
                  cpp.uDotV(rows, x, gradient, dw);
                  cpp.uMulESum(reversedRows, gradient, w, heads, out);
                },
                out));
      }
    }
    if (torch != null) {
      NDArray byId = torch.byId(w);
      String add =
          TorchKernel.GATHERED
              + "m = torch.mul(torch.view(u, [-1, %d, %d]), w)\n".formatted(heads, width)
              + "v = torch.zeros_like(torch.view(x, [-1, %d, %d]))\n".formatted(heads, width)
              + "z = torch.index_add(v, 0, t, m)\n";
      if (heads == 1) {
        String csr = TorchKernel.MATRIX + "z = torch.mm(a, x)\n";
        NDArray bySlot = torch.bySlot(w);
        forward.add(torch.forward("CSR product", csr, bySlot, false));
        backward.add(torch.backward("CSR product", csr, bySlot, true, "x w", gradient));
      }
      forward.add(torch.forward("index_add", add, byId, true));
      backward.add(torch.backward("index_add", add, byId, true, "x w", gradient));
    }
    if (loops != null) {
      forward.add(loops.weightedSum(x, w, heads));
      backward.add(loops.weightedSumBackward(x, w, heads, gradient));
    }
    String name = heads == 1 ? "u_mul_e_sum" : "u_mul_e_sum_h" + heads;
    double forwards = floor.reduced(in, dim) + floor.values(in, heads);
    double back =
        floor.reduced(reversed, dim)
            + floor.values(reversed, heads)
            + floor.rows(in, dim)
            + floor.readNodes(dim)
            + floor.values(in, heads);
    contest(name, body, forward, forwards);
    contestBackward(name, body, gradient, List.of(x, w), backward, forwards + back);
  }

  private void dot(int heads) {
    if (dim % heads != 0) {
      return;
    }
    int width = dim / heads;
    Supplier<Tensor> body =
        () ->
            GraphOps.gsddmm(
                g,
                MessageOp.DOT,
                Arg.u(x.reshape(edges.nodes(), heads, width)),
                Arg.v(y.reshape(edges.nodes(), heads, width)));
    Tensor out = relata.zeros(edges.size());
    Tensor gradient = relata.rand(edges.size(), heads, 1);
    List<Way> forward = new ArrayList<>();
    List<Way> backward = new ArrayList<>();
    if (cpp != null && heads == 1) {
      Tensor dx = relata.zeros(edges.nodes(), dim);
      forward.add(cpp(() -> cpp.uDotV(rows, x, y, out), out));
      backward.add(
          cpp(
              () -> {
                cpp.uDotV(rows, x, y, out);
                cpp.uMulESum(rows, x, gradient, 1, dx);
                cpp.uMulESum(reversedRows, y, gradient, 1, dx);
              },
              dx));
    }
    if (torch != null) {
      String gather =
          TorchKernel.GATHERED
              + "v = torch.index_select(y, 0, t)\n"
              + "m = torch.view(torch.mul(u, v), [-1, %d, %d])\n".formatted(heads, width)
              + "z = torch.sum(m, [2])\n";
      NDArray byId = torch.byId(gradient);
      if (heads == 1) {
        String sampled =
            TorchKernel.MATRIX
                + "z = torch.values(torch.sparse_sampled_addmm(a, y, torch.t(x), beta=0.))\n";
        NDArray ones = torch.ones(g);
        if (in.edgeIds() == null) {
          forward.add(torch.forward("sampled_addmm", sampled, ones, false));
          backward.add(torch.backward("sampled_addmm", sampled, ones, true, "x y", gradient));
        }
      }
      forward.add(torch.forward("gather", gather, byId, true));
      backward.add(torch.backward("gather", gather, byId, true, "x y", gradient));
    }
    if (loops != null) {
      forward.add(loops.dot(x, y, heads));
      backward.add(loops.dotBackward(x, y, heads, gradient));
    }
    String name = heads == 1 ? "u_dot_v" : "u_dot_v_h" + heads;
    double forwards = floor.rows(in, dim) + floor.readNodes(dim) + floor.values(in, heads);
    double back =
        floor.reduced(in, dim)
            + floor.values(in, heads)
            + floor.reduced(reversed, dim)
            + floor.values(reversed, heads);
    contest(name, body, forward, forwards);
    contestBackward(name, body, gradient, List.of(x, y), backward, forwards + back);
  }

  private void softmax(int heads) {
    Tensor logits = relata.randn(edges.size(), heads).requiresGrad(true);
    Supplier<Tensor> body = () -> GraphOps.edgeSoftmax(g, logits);
    Tensor out = relata.zeros(edges.size(), heads);
    Tensor gradient = relata.rand(edges.size(), heads);
    List<Way> forward = new ArrayList<>();
    List<Way> backward = new ArrayList<>();
    if (cpp != null) {
      forward.add(cpp(() -> cpp.edgeSoftmax(rows, logits, heads, out), out));
    }
    if (torch != null) {
      String scatter =
          """
          i = torch.expand_as(torch.unsqueeze(t, 1), w)
          n = torch.zeros([torch.size(x, 0), %d])
          m = torch.scatter_reduce(n, 0, i, torch.detach(w), "amax", include_self=False)
          p = torch.exp(torch.sub(w, torch.index_select(m, 0, t)))
          q = torch.index_add(n, 0, t, p)
          z = torch.div(p, torch.index_select(q, 0, t))
          """
              .formatted(heads);
      NDArray w = torch.byId(logits);
      forward.add(torch.forward("scatter_reduce, index_add", scatter, w, true));
      backward.add(torch.backward("scatter_reduce, index_add", scatter, w, true, "w", gradient));
    }
    if (loops != null) {
      forward.add(loops.softmax(logits, heads));
      backward.add(loops.softmaxBackward(logits, heads, gradient));
    }
    String name = "edge_softmax_h" + heads;
    double forwards = 2 * floor.values(in, heads);
    contest(name, heads, body, forward, forwards);
    contestBackward(name, heads, body, gradient, List.of(logits), backward, 2.5 * forwards);
  }

  // ---- running ----

  private static Way cpp(Runnable body, Tensor out) {
    return Way.into(out, Tool.CPP, "by rows", body);
  }

  private void contest(String name, Supplier<Tensor> body, List<Way> peers, double floorMs) {
    contest(name, dim, body, peers, floorMs);
  }

  private void contest(
      String name, int width, Supplier<Tensor> body, List<Way> peers, double floorMs) {
    List<Way> ways = new ArrayList<>(List.of(bench.inference(body)));
    ways.addAll(peers);
    bench.contest(name, edges, width, floorMs, ways);
  }

  private void contestBackward(
      String name,
      Supplier<Tensor> body,
      Tensor gradient,
      List<Tensor> inputs,
      List<Way> peers,
      double floorMs) {
    contestBackward(name, dim, body, gradient, inputs, peers, floorMs);
  }

  private void contestBackward(
      String name,
      int width,
      Supplier<Tensor> body,
      Tensor gradient,
      List<Tensor> inputs,
      List<Way> peers,
      double floorMs) {
    List<Way> ways = new ArrayList<>(List.of(training(body, gradient, inputs)));
    // PyTorch's take up to 1.5 s a run, together more than a short run may.
    peers.stream().filter(w -> bench.full() || w.tool() != Tool.PYTORCH).forEach(ways::add);
    bench.contest(name + "_backward", edges, width, floorMs, ways);
    inputs.forEach(Tensor::zeroGrad);
  }

  private Way training(Supplier<Tensor> body, Tensor gradient, List<Tensor> inputs) {
    return new Way(
        Tool.RELATA,
        "relata",
        look -> {
          try (Scope _ = relata.scope()) {
            inputs.forEach(Tensor::zeroGrad);
            body.get().backward(gradient);
            return look ? Bench.first(inputs.getFirst().grad()) : null;
          }
        });
  }
}
