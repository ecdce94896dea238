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
 * Convolution that turns and moves with its coordinates, {@code m_uv = φ_e(x_u, x_v, |p_u - p_v|²,
 * e_uv)}, {@code p'_v = p_v + mean of φ_p(m_uv) (p_u - p_v) / |p_u - p_v|}, {@code y_v = φ_h(x_v, Σ
 * m_uv)} (Satorras et al., 2021; DGL: {@code EGNNConv}). Two nodes at one place, and so a
 * self-loop, have no direction: they move nobody, and no gradient goes through their distance. The
 * first map of φ_e is applied to nodes, so what is made per edge has the size hidden. Children
 * {@code edge_mlp}, {@code node_mlp}, {@code coord_mlp}, each with maps 0 and 2.
 */
public final class EgnnConv extends GraphLayer {
  private final int in;
  private final int inEdge;
  private final Linear firstEdgeMap;
  private final Linear secondEdgeMap;
  private final Linear firstNodeMap;
  private final Linear secondNodeMap;
  private final Sequential coordinates;

  /**
   * What the layer computed.
   *
   * @param features (N, out)
   * @param coordinates (N, space)
   */
  public record Result(Tensor features, Tensor coordinates) {}

  /** From node and edge features of sizes in and inEdge, 0 for no edge features, to out. */
  public EgnnConv(LayerContext context, int in, int inEdge, int hidden, int out) {
    this.in = in;
    this.inEdge = inEdge;
    firstEdgeMap = new Linear(context, 2 * in + 1 + inEdge, hidden);
    secondEdgeMap = new Linear(context, hidden, hidden);
    child(
        "edge_mlp",
        new Sequential(firstEdgeMap, Activation.silu(), secondEdgeMap, Activation.silu()));
    firstNodeMap = new Linear(context, in + hidden, hidden);
    secondNodeMap = new Linear(context, hidden, out);
    child("node_mlp", new Sequential(firstNodeMap, Activation.silu(), secondNodeMap));
    coordinates =
        child(
            "coord_mlp",
            new Sequential(
                new Linear(context, hidden, hidden),
                Activation.silu(),
                new Linear(context, hidden, 1, false)));
  }

  /**
   * New features and coordinates.
   *
   * @param x features (N, in)
   * @param coordinate (N, space)
   * @param edge edge features (E, inEdge), or null without any
   */
  public Result forward(Adjacency g, Tensor x, Tensor coordinate, Tensor edge) {
    requireRows("features", x, g.numSrc(), in);
    requireRows("coordinates", coordinate, g.numDst(), coordinate.dim(-1));
    if (inEdge > 0 || edge != null) {
      requireRows("edge features", edge, g.numEdges(), inEdge);
    }
    Tensor way = GraphOps.gsddmm(g, MessageOp.SUB, Arg.u(coordinate), Arg.v(coordinate));
    Tensor squares = way.square().sum(1, true);
    Tensor apart = squares.detach().gt(0).to(x.dtype());
    // Where nothing lies between the nodes, the root is taken of 1: that of 0 has no slope.
    Tensor direction = way.mul(squares.add(apart.rsub(1)).rsqrt()).mul(apart);

    Tensor messages = messages(g, x, squares, edge);
    Tensor moves = direction.mul(coordinates.forward(messages));
    Tensor moved = coordinate.add(GraphOps.copyReduce(g, Reducer.MEAN, Arg.e(moves)));
    Tensor sums = GraphOps.copyReduce(g, Reducer.SUM, Arg.e(messages));
    Tensor hidden = silu(firstNodeMap.forward(Tensor.concat(1, x, sums)));
    return new Result(output(secondNodeMap.forward(hidden), x, coordinate), moved);
  }

  private Tensor messages(Adjacency g, Tensor x, Tensor squares, Tensor edge) {
    Tensor fromSource = firstEdgeMap.part(x, 0);
    Tensor fromDestination = firstEdgeMap.part(x, in).add(firstEdgeMap.bias());
    Tensor own = edge == null ? squares : Tensor.concat(1, squares, edge);
    Tensor sum =
        GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(fromSource), Arg.v(fromDestination))
            .add(firstEdgeMap.part(own, 2 * in));
    return silu(secondEdgeMap.forward(silu(sum)));
  }

  private static Tensor silu(Tensor x) {
    return x.mul(x.sigmoid());
  }

  @Override
  protected String describe() {
    return "in=" + in + ", inEdge=" + inEdge;
  }
}
