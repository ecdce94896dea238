package io.relata.benchmarks;

import ai.djl.ndarray.NDArray;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.spi.RowIndex;
import java.util.Arrays;

/**
 * PyTorch's ways to compute a graph kernel: scripts over x and y (features of sources and
 * destinations), w (numbers of edges), s and t (ends of edges), o and c (offsets and columns, rows
 * by destination) and r (the gradient of the result).
 */
final class TorchKernel {
  private static final String INPUTS = "x y w s t o c r";

  /** Rows by destination as a sparse matrix of the numbers in w, which stand in its order. */
  static final String MATRIX =
      "a = torch.sparse_csr_tensor(o, c, w, [torch.size(x, 0), torch.size(x, 0)])\n";

  /** The rows of all sources. */
  static final String GATHERED = "u = torch.index_select(x, 0, s)\n";

  private final TorchPeer torch;
  private final NDArray x;
  private final NDArray y;
  private final NDArray s;
  private final NDArray t;
  private final NDArray[] offsets;
  private final NDArray[] columns;
  private final int[] order;

  TorchKernel(TorchPeer torch, Adjacency g, Tensor x, Tensor y) {
    this.torch = torch;
    this.x = torch.copy(x);
    this.y = torch.copy(y);
    s = torch.ids(g.src());
    t = torch.ids(g.dst());
    RowIndex index = g.in();
    int[] o = g.relata().wrap(index.offsets()).toIntArray();
    int[] c = g.relata().wrap(index.columns()).toIntArray();
    offsets = new NDArray[] {torch.ints(o), torch.ids(o)};
    columns = new NDArray[] {torch.ints(c), torch.ids(c)};
    order = index.edgeIds() == null ? null : g.relata().wrap(index.edgeIds()).toIntArray();
  }

  /** Numbers of edges as PyTorch's tensor, in the order of edge ids, (E, width). */
  NDArray byId(Tensor w) {
    return torch.copy(w);
  }

  /** One number an edge in the order of rows, (E,). */
  NDArray bySlot(Tensor w) {
    float[] values = w.toFloatArray();
    float[] sorted = values.clone();
    if (order != null) {
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = values[order[i]];
      }
    }
    return torch.copy(w.relata().tensor(sorted, sorted.length));
  }

  /** Ones for all edges, (E,). */
  NDArray ones(Adjacency g) {
    float[] ones = new float[g.numEdges()];
    Arrays.fill(ones, 1);
    return torch.copy(g.relata().tensor(ones, ones.length));
  }

  /**
   * Computes z.
   *
   * @param wide whether o and c are int64
   */
  Way forward(String name, String body, NDArray w, boolean wide) {
    Attempt attempt = torch.script(INPUTS, body + "return z\n", x, y, w, s, t, o(wide), c(wide), w);
    return new Way(Tool.PYTORCH, name, attempt);
  }

  /**
   * Computes z and the gradients of the named inputs from r; the result is that of the first.
   *
   * @param inputs names with spaces between them
   */
  Way backward(String name, String body, NDArray w, boolean wide, String inputs, Tensor gradient) {
    StringBuilder script = new StringBuilder();
    String[] names = inputs.split(" ", -1);
    for (String input : names) {
      script.append(input + " = torch.requires_grad_(torch.detach(" + input + "), True)\n");
    }
    script.append(body);
    script.append(
        "g = torch.grad([z], ["
            + String.join(", ", names)
            + "], annotate(List[Optional[Tensor]], [torch.view_as(r, z)]))\n");
    script.append("return unchecked_cast(Tensor, g[0])\n");
    NDArray r = torch.copy(gradient);
    Attempt attempt = torch.script(INPUTS, script.toString(), x, y, w, s, t, o(wide), c(wide), r);
    return new Way(Tool.PYTORCH, name, attempt);
  }

  private NDArray o(boolean wide) {
    return offsets[wide ? 1 : 0];
  }

  private NDArray c(boolean wide) {
    return columns[wide ? 1 : 0];
  }
}
