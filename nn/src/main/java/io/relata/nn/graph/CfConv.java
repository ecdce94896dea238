package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Activation;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.Sequential;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Continuous-filter convolution {@code y_v = s(W_o Σ (W x_u + b) ⊙ f(e_uv) + b_o)}, f two maps each
 * followed by the shifted softplus s (Schütt et al., 2017, SchNet; DGL: {@code CFConv}). The
 * filters are an array of edges times hidden. Children {@code project_edge} (0 and 2 are its maps),
 * {@code project_node}, {@code project_out} (0 is its map).
 */
public final class CfConv extends ConvLayer {
  private final int in;
  private final int inEdge;
  private final Sequential edges;
  private final Linear nodes;
  private final Sequential result;

  /** From node and edge features of sizes in and inEdge to out. */
  public CfConv(LayerContext context, int in, int inEdge, int hidden, int out) {
    this.in = in;
    this.inEdge = inEdge;
    edges =
        child(
            "project_edge",
            new Sequential(
                new Linear(context, inEdge, hidden),
                Activation.shiftedSoftplus(),
                new Linear(context, hidden, hidden),
                Activation.shiftedSoftplus()));
    nodes = child("project_node", new Linear(context, in, hidden));
    result =
        child(
            "project_out",
            new Sequential(new Linear(context, hidden, out), Activation.shiftedSoftplus()));
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst not looked at, may be null
   * @param edge edge features (E, inEdge)
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("edge features", edge, g.numEdges(), inEdge);
    Arg filters = Arg.e(edges.forward(edge));
    Tensor h = GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(nodes.forward(src)), filters);
    return output(result.forward(h), src, edge);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", inEdge=" + inEdge;
  }
}
