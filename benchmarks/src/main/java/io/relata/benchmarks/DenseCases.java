package io.relata.benchmarks;

import ai.djl.ndarray.NDArray;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Products with a matrix per segment, and with a matrix that every row names: a row per node. */
final class DenseCases {
  private static final int MATRICES = 8;

  private final Bench bench;
  private final Edges edges;
  private final int dim;
  private final Relata relata;
  private final Tensor x;
  private final Tensor matrices;
  private final Tensor gradient;

  DenseCases(Bench bench, Edges edges, int dim) {
    this.bench = bench;
    this.edges = edges;
    this.dim = dim;
    relata = bench.relata();
    x = relata.rand(edges.nodes(), dim).requiresGrad(true);
    matrices = relata.rand(MATRICES, dim, dim).requiresGrad(true);
    gradient = relata.rand(edges.nodes(), dim);
  }

  void run() {
    int[] types = new SplittableRandom(1).ints(edges.nodes(), 0, MATRICES).toArray();
    int[] lengths = new int[MATRICES];
    Arrays.stream(types).forEach(t -> lengths[t]++);
    Segments segments = Segments.of(relata, lengths);
    Tensor index = relata.tensor(types);
    StringBuilder parts = new StringBuilder();
    List<String> products = new ArrayList<>();
    for (int r = 0, at = 0; r < MATRICES; at += lengths[r++]) {
      products.add(
          "torch.mm(torch.slice(x, 0, %d, %d), torch.select(w, 0, %d))"
              .formatted(at, at + lengths[r], r));
    }
    parts.append("z = torch.cat([" + String.join(", ", products) + "], 0)\n");
    both("segment_matmul", () -> SegmentOps.segmentMatmul(segments, x, matrices), parts, types);
    StringBuilder gathered = new StringBuilder("z = torch.zeros_like(x)\n");
    for (int r = 0; r < MATRICES; r++) {
      gathered.append(
          """
          i = torch.squeeze(torch.nonzero(torch.eq(k, %1$d)), 1)
          z = torch.index_copy(z, 0, i, torch.mm(torch.index_select(x, 0, i), torch.select(w, 0, %1$d)))
          """
              .formatted(r));
    }
    both("gather_matmul", () -> SegmentOps.gatherMatmul(x, matrices, index), gathered, types);
  }

  private void both(String name, Supplier<Tensor> body, CharSequence script, int[] types) {
    List<Way> forward = new ArrayList<>(List.of(bench.inference(body)));
    List<Way> backward = new ArrayList<>();
    backward.add(
        new Way(
            Tool.RELATA,
            "relata",
            look -> {
              try (Scope _ = relata.scope()) {
                x.zeroGrad();
                matrices.zeroGrad();
                body.get().backward(gradient);
                return look ? Bench.first(x.grad()) : null;
              }
            }));
    if (bench.torch() != null) {
      NDArray[] inputs = {
        bench.torch().copy(x),
        bench.torch().copy(matrices),
        bench.torch().ids(types),
        bench.torch().copy(gradient)
      };
      String leaves =
          """
          x = torch.requires_grad_(torch.detach(x), True)
          w = torch.requires_grad_(torch.detach(w), True)
          """;
      String gradients =
          """
          g = torch.grad([z], [x, w], annotate(List[Optional[Tensor]], [r]))
          return unchecked_cast(Tensor, g[0])
          """;
      String way = "a product a matrix";
      forward.add(
          new Way(
              Tool.PYTORCH, way, bench.torch().script("x w k r", script + "return z\n", inputs)));
      backward.add(
          new Way(
              Tool.PYTORCH,
              way,
              bench.torch().script("x w k r", leaves + script + gradients, inputs)));
    }
    double floorMs = Double.NaN;
    if (bench.floor() != null) {
      floorMs = bench.floor().product(edges.nodes(), dim, dim);
    }
    bench.contest(name, edges, dim, floorMs, forward);
    bench.contest(name + "_backward", edges, dim, 3 * floorMs, backward);
    x.zeroGrad();
    matrices.zeroGrad();
  }
}
