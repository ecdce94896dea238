package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.GruCell;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.LayerList;
import io.relata.nn.Linear;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Gated graph network: from {@code h = [x, 0]}, several times {@code h_v ← GRU(Σ W_type(e) h_u +
 * b_type(e), h_v)} over in-edges (Li et al., 2016; DGL: {@code GatedGraphConv}). Nothing of size
 * edges times features is made. Children {@code linears.<type>}, Glorot normal with relu's gain,
 * and {@code gru}.
 */
public final class GatedGraphConv extends GraphLayer {
  private final int in;
  private final int out;
  private final int steps;
  private final int types;
  private final LayerList<Linear> maps;
  private final GruCell gru;

  /**
   * From size in to size out.
   *
   * @param steps how often messages pass
   * @param types number of edge types
   * @throws RelataException ARGUMENT where out is less than in
   */
  public GatedGraphConv(LayerContext context, int in, int out, int steps, int types) {
    if (out < in) {
      throw RelataException.of(ErrorId.ARGUMENT, "States cannot hold the features")
          .where("GatedGraphConv")
          .expected("out of " + in + " or more")
          .found(Integer.toString(out))
          .build();
    }
    this.in = in;
    this.out = out;
    this.steps = steps;
    this.types = types;
    maps =
        child(
            "linears",
            new LayerList<>(
                Stream.generate(
                        () ->
                            new Linear(
                                context,
                                out,
                                out,
                                true,
                                Initializers.xavierNormal(Initializers.RELU_GAIN)))
                    .limit(types)
                    .toList()));
    gru = child("gru", new GruCell(context, out, out));
  }

  /** Over edges of one type. */
  public Tensor forward(Adjacency g, Tensor x) {
    return forward(TypedAdjacency.of(List.of(g)), x);
  }

  /**
   * New features.
   *
   * @param g edges between the same nodes, by type
   * @param x (N, in)
   * @return (N, out)
   * @throws RelataException SHAPE where features do not fit, ARGUMENT for another number of types
   */
  public Tensor forward(TypedAdjacency g, Tensor x) {
    if (g.relations() != types) {
      throw RelataException.of(ErrorId.ARGUMENT, "The graph has another number of edge types")
          .where(named())
          .expected(Integer.toString(types))
          .found(Integer.toString(g.relations()))
          .build();
    }
    requireRows("features", x, g.numDst(), in);
    List<Linear> all = StreamSupport.stream(maps.spliterator(), false).toList();
    Tensor matrices = Tensor.stack(0, all.stream().map(m -> m.weight().t()).toList());
    Tensor biases = Tensor.stack(0, all.stream().map(Linear::bias).toList());
    // Every message brings its type's bias.
    Tensor constant = g.inDegreesByType(x.dtype()).matmul(biases);
    Tensor h =
        in == out
            ? x
            : Tensor.concat(1, x, g.relata().zeros(x.dtype(), g.numDst(), (long) out - in));
    for (int i = 0; i < steps; i++) {
      h = gru.forward(RelationalProduct.of(g, h, matrices, null).add(constant), h);
    }
    return output(h, x);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", steps=" + steps + ", types=" + types;
  }
}
