package io.relata.benchmarks;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.spi.RowIndex;
import java.util.ArrayList;
import java.util.List;

/** The models of the epochs as PyTorch computes them best on a CPU without graph libraries. */
final class TorchModels {
  private static final String LOSS = "l = torch.cross_entropy_loss(y, k)\n";

  private TorchModels() {}

  /**
   * The mean of neighbours as a sparse product, or by index_add.
   *
   * @param labels of all nodes
   * @param rows the nodes whose loss counts
   */
  static List<Way> sage(
      TorchPeer torch, Adjacency g, Tensor x, int[] labels, int[] rows, List<Tensor> parameters) {
    // Both layers' parameters: fc_neigh.weight, fc_self.weight, fc_self.bias.
    String mean = "torch.mm(a, %s)";
    String scattered =
        "torch.mul(torch.index_add(torch.zeros_like(%1$s), 0, t,"
            + " torch.index_select(%1$s, 0, s)), d)";
    String matrix = "a = torch.sparse_csr_tensor(o, c, w, [torch.size(x, 0), torch.size(x, 0)])\n";
    List<Way> ways = new ArrayList<>();
    for (boolean wide : new boolean[] {false, true}) {
      String name = wide ? "CSR product, int64" : "CSR product";
      ways.add(
          sageInputs(torch, g, x, labels, rows, wide)
              .way(name, matrix + sageText(x, parameters, mean), parameters));
    }
    ways.add(
        sageInputs(torch, g, x, labels, rows, true)
            .way("index_add", sageText(x, parameters, scattered), parameters));
    return ways;
  }

  private static String sageText(Tensor x, List<Tensor> parameters, String mean) {
    boolean narrow = x.dim(1) > parameters.getFirst().dim(0);
    String rows = narrow ? "m = torch.mm(x, torch.t(p0))\n" : "";
    String first =
        narrow ? mean.formatted("m") : "torch.mm(" + mean.formatted("x") + ", torch.t(p0))";
    return rows
        + "h = torch.relu(torch.add("
        + first
        + ", torch.linear(x, p1, p2)))\n"
        + "n = torch.mm(h, torch.t(p3))\n"
        + "y = torch.add("
        + mean.formatted("n")
        + ", torch.linear(h, p4, p5))\n"
        + "l = torch.cross_entropy_loss(torch.index_select(y, 0, j), torch.index_select(k, 0,"
        + " j))\n";
  }

  private static TorchEpoch sageInputs(
      TorchPeer torch, Adjacency g, Tensor x, int[] labels, int[] rows, boolean wide) {
    RowIndex in = g.in();
    int[] offsets = g.relata().wrap(in.offsets()).toIntArray();
    int[] columns = g.relata().wrap(in.columns()).toIntArray();
    float[] weights = new float[columns.length];
    float[] degrees = new float[in.numRows()];
    for (int r = 0; r < in.numRows(); r++) {
      degrees[r] = 1f / Math.max(1, offsets[r + 1] - offsets[r]);
      for (int i = offsets[r]; i < offsets[r + 1]; i++) {
        weights[i] = degrees[r];
      }
    }
    return new TorchEpoch(torch)
        .input("x", torch.copy(x))
        .input("k", torch.ids(labels))
        .input("j", torch.ids(rows))
        .input("s", torch.ids(g.src()))
        .input("t", torch.ids(g.dst()))
        .input("o", wide ? torch.ids(offsets) : torch.ints(offsets))
        .input("c", wide ? torch.ids(columns) : torch.ints(columns))
        .input("w", torch.copy(g.relata().tensor(weights)))
        .input("d", torch.copy(g.relata().tensor(degrees), degrees.length, 1));
  }

  /** Attention by gathering rows of all edges, as PyG does without its compiled extensions. */
  static Way gat(
      TorchPeer torch, Adjacency g, Tensor x, int[] labels, int dim, List<Tensor> parameters) {
    // Both layers' parameters: attn_l, attn_r, bias, fc.weight, wherever they stand.
    String model =
        gatLayer("x", "h0", parameters, 0, dim / EpochCases.HEADS, EpochCases.HEADS)
            + "h = torch.elu(h0)\n"
            + gatLayer("h", "y", parameters, parameters.size() / 2, EpochCases.CLASSES, 1)
            + LOSS;
    return new TorchEpoch(torch)
        .input("x", torch.copy(x))
        .input("k", torch.ids(labels))
        .input("s", torch.ids(g.src()))
        .input("t", torch.ids(g.dst()))
        .way("gather, scatter_reduce, index_add", model, parameters);
  }

  /**
   * Parameters are known by their shapes; of the two attention vectors the left one comes first.
   */
  private static String gatLayer(
      String in, String out, List<Tensor> parameters, int from, int width, int heads) {
    String fc = "";
    String bias = "";
    List<String> vectors = new ArrayList<>();
    for (int i = from; i < from + 4; i++) {
      switch (parameters.get(i).shape().rank()) {
        case 1 -> bias = "p" + i;
        case 2 -> fc = "p" + i;
        default -> vectors.add("p" + i);
      }
    }
    return """
    z = torch.view(torch.mm(IN, torch.t(FC)), [-1, HEADS, WIDTH])
    b = torch.sum(torch.mul(z, LEFT), [2])
    d = torch.sum(torch.mul(z, RIGHT), [2])
    e = torch.leaky_relu(torch.add(torch.index_select(b, 0, s), torch.index_select(d, 0, t)), 0.2)
    i = torch.expand_as(torch.unsqueeze(t, 1), e)
    n = torch.zeros_like(torch.detach(b))
    m = torch.scatter_reduce(n, 0, i, torch.detach(e), "amax", include_self=False)
    q = torch.exp(torch.sub(e, torch.index_select(m, 0, t)))
    r = torch.index_add(n, 0, t, q)
    w = torch.div(q, torch.index_select(r, 0, t))
    u = torch.mul(torch.index_select(z, 0, s), torch.unsqueeze(w, 2))
    v = torch.index_add(torch.zeros_like(torch.detach(z)), 0, t, u)
    OUT = torch.add(torch.view(v, [-1, SIZE]), BIAS)
    """
        .replace("IN", in)
        .replace("FC", fc)
        .replace("LEFT", vectors.get(0))
        .replace("RIGHT", vectors.get(1))
        .replace("BIAS", bias)
        .replace("HEADS", "" + heads)
        .replace("WIDTH", "" + width)
        .replace("SIZE", "" + heads * width)
        .replace("OUT", out);
  }

  /** A sparse product and a dense one for each relation. */
  static List<Way> rgcn(
      TorchPeer torch,
      Edges[] parts,
      Tensor x,
      int[] labels,
      int bases,
      int dim,
      List<Tensor> parameters) {
    int each = parameters.size() / 2;
    String model =
        matrices(parts)
            + rgcnLayer("x", "h0", parts.length, parameters, 0, each, bases, dim, false)
            + "h = torch.relu(h0)\n"
            + rgcnLayer(
                "h", "y", parts.length, parameters, each, each, bases, EpochCases.CLASSES, true)
            + LOSS;
    List<Way> ways = new ArrayList<>();
    for (boolean wide : new boolean[] {false, true}) {
      TorchEpoch epoch =
          new TorchEpoch(torch).input("x", torch.copy(x)).input("k", torch.ids(labels));
      for (int r = 0; r < parts.length; r++) {
        Edges p = parts[r].sortedByDestination();
        int[] offsets = new int[p.nodes() + 1];
        for (int v : p.dst()) {
          offsets[v + 1]++;
        }
        java.util.Arrays.parallelPrefix(offsets, Integer::sum);
        epoch
            .input("o" + r, wide ? torch.ids(offsets) : torch.ints(offsets))
            .input("c" + r, wide ? torch.ids(p.src()) : torch.ints(p.src()))
            .input("w" + r, torch.copy(x.relata().ones(p.size())));
      }
      ways.add(epoch.way(wide ? "CSR products, int64" : "CSR products", model, parameters));
    }
    return ways;
  }

  private static String matrices(Edges[] parts) {
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < parts.length; r++) {
      text.append(
          "a# = torch.sparse_csr_tensor(o#, c#, w#, [torch.size(x, 0), torch.size(x, 0)])\n"
              .replace("#", "" + r));
    }
    return text.toString();
  }

  /**
   * Parameters are known by their shapes: W has three axes, the bias one, coeff is the small one.
   */
  private static String rgcnLayer(
      String in,
      String out,
      int relations,
      List<Tensor> parameters,
      int from,
      int count,
      int bases,
      int width,
      boolean multiplyFirst) {
    String weights = "";
    String bias = "";
    String loop = "";
    String coefficients = "";
    for (int i = from; i < from + count; i++) {
      Tensor p = parameters.get(i);
      switch (p.shape().rank()) {
        case 1 -> bias = "p" + i;
        case 3 -> weights = "p" + i;
        default -> {
          if (bases > 0 && p.dim(0) == relations && p.dim(1) == bases) {
            coefficients = "p" + i;
          } else {
            loop = "p" + i;
          }
        }
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(
        bases == 0
            ? "W = " + weights + "\n"
            : "W = torch.view(torch.mm(%s, torch.view(%s, [%d, -1])), [%d, -1, %d])\n"
                .formatted(coefficients, weights, bases, relations, width));
    text.append("%s = torch.add(torch.mm(%s, %s), %s)\n".formatted(out, in, loop, bias));
    for (int r = 0; r < relations; r++) {
      String w = "torch.select(W, 0, " + r + ")";
      String product =
          multiplyFirst
              ? "torch.mm(a" + r + ", torch.mm(" + in + ", " + w + "))"
              : "torch.mm(torch.mm(a" + r + ", " + in + "), " + w + ")";
      text.append(out + " = torch.add(" + out + ", " + product + ")\n");
    }
    return text.toString();
  }
}
