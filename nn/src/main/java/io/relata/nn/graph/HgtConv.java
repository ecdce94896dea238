package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.Term;
import io.relata.nn.Dropout;
import io.relata.nn.Initializers;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.LayerList;
import io.relata.nn.LayerNorm;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Heterogeneous graph transformer (Hu et al., 2020; DGL: {@code HGTConv}). Keys, queries and values
 * are linear in x by node type. Per head, an edge of relation r has the logit {@code (k_u A_r) ·
 * q_v p_r / sqrt(size)}; α is its softmax over all in-edges of a node, of whatever relation; {@code
 * h_v = Σ α v_u M_r}. The result is {@code s · W_type h_v + (1 - s) x_v}, {@code s =
 * sigmoid(skip_type)}, x through {@code residual_w} where sizes differ, with layer norm if asked
 * for. The relations' matrices are applied to nodes, so nothing of size edges times features is
 * made. Children {@code linear_k}, {@code linear_q}, {@code linear_v}, {@code linear_a}, {@code
 * relation_att.<head>}, {@code relation_msg.<head>} ({@link TypedLinear}), {@code norm}; parameters
 * {@code relation_pri.<head>} (relations,), 1, {@code skip} (node types,), 1, {@code residual_w}.
 */
public final class HgtConv extends GraphLayer {
  private final int in;
  private final int headSize;
  private final int heads;
  private final int nodeTypes;
  private final int relations;
  private final TypedLinear keys;
  private final TypedLinear queries;
  private final TypedLinear values;
  private final TypedLinear result;
  private final LayerList<TypedLinear> attention;
  private final LayerList<TypedLinear> message;
  private final Priors priors;
  private final Tensor skip;
  private final Tensor residual;
  private final LayerNorm norm;
  private final Dropout dropout;

  private HgtConv(Builder b) {
    LayerContext context = b.context;
    in = b.in;
    headSize = b.headSize;
    heads = b.heads;
    nodeTypes = b.nodeTypes;
    relations = b.relations;
    int width = heads * headSize;
    keys = child("linear_k", new TypedLinear(context, nodeTypes, in, width));
    queries = child("linear_q", new TypedLinear(context, nodeTypes, in, width));
    values = child("linear_v", new TypedLinear(context, nodeTypes, in, width));
    result = child("linear_a", new TypedLinear(context, nodeTypes, width, width));
    priors = child("relation_pri", new Priors(context, heads, relations));
    attention = child("relation_att", perHead(context));
    message = child("relation_msg", perHead(context));
    skip = parameter("skip", context.make(Initializers.ones(), nodeTypes));
    residual =
        in == width
            ? null
            : parameter("residual_w", context.make(Initializers.xavierUniform(1), in, width));
    norm = b.layerNorm ? child("norm", new LayerNorm(context, width)) : null;
    dropout = child("drop", new Dropout(b.dropout));
  }

  /** Starts a layer with options. */
  public static Builder builder(
      LayerContext context, int in, int headSize, int heads, int nodeTypes, int relations) {
    return new Builder(context, in, headSize, heads, nodeTypes, relations);
  }

  /** Collects options: no dropout, no layer norm by default. */
  public static final class Builder {
    private final LayerContext context;
    private final int in;
    private final int headSize;
    private final int heads;
    private final int nodeTypes;
    private final int relations;
    private double dropout;
    private boolean layerNorm;

    private Builder(
        LayerContext context, int in, int headSize, int heads, int nodeTypes, int relations) {
      this.context = context;
      this.in = in;
      this.headSize = headSize;
      this.heads = heads;
      this.nodeTypes = nodeTypes;
      this.relations = relations;
    }

    /** Probability of dropout on what is added to x. */
    public Builder dropout(double value) {
      dropout = value;
      return this;
    }

    /** Whether results are layer-normalised. */
    public Builder layerNorm(boolean value) {
      layerNorm = value;
      return this;
    }

    /** Makes the layer. */
    public HgtConv build() {
      return new HgtConv(this);
    }
  }

  private LayerList<TypedLinear> perHead(LayerContext context) {
    return new LayerList<>(
        Stream.generate(() -> new TypedLinear(context, relations, headSize, headSize))
            .limit(heads)
            .toList());
  }

  /** What each relation's logits are multiplied by, one vector per head. */
  private static final class Priors extends Layer {
    private final List<Tensor> perHead;

    Priors(LayerContext context, int heads, int relations) {
      perHead =
          IntStream.range(0, heads)
              .mapToObj(
                  h -> parameter(Integer.toString(h), context.make(Initializers.ones(), relations)))
              .toList();
    }

    /** (relations, heads). */
    Tensor all() {
      return Tensor.stack(1, perHead);
    }
  }

  /**
   * New features.
   *
   * @param x (nodes, in)
   * @return (nodes, heads · headSize)
   * @throws RelataException ARGUMENT for a graph with other numbers of types, SHAPE where features
   *     do not fit
   */
  public Tensor forward(TypedGraph g, Tensor x) {
    check(g, x);
    Tensor k = heads(g.apply(keys, x));
    Tensor q = heads(g.apply(queries, x));
    Tensor v = heads(g.apply(values, x));
    List<Integer> present =
        IntStream.range(0, relations).filter(r -> g.byType().numEdges(r) > 0).boxed().toList();
    Tensor h =
        present.isEmpty()
            ? x.relata().zeros(x.dtype(), v.shape().dims())
            : aggregate(g, v, softmax(g, k, q, present), present);
    Tensor made = dropout.forward(g.apply(result, h.reshape(x.dim(0), (long) heads * headSize)));
    Tensor share = skip.sigmoid().indexSelect(0, g.nodeTypes()).reshape(x.dim(0), 1);
    Tensor old = residual == null ? x : x.matmul(residual);
    Tensor y = old.add(share.mul(made.sub(old)));
    return output(norm == null ? y : norm.forward(y), x);
  }

  /** Attention of the joined edges, (E, heads, 1). */
  private Tensor softmax(TypedGraph g, Tensor k, Tensor q, List<Integer> present) {
    Tensor priors = this.priors.all().div(Math.sqrt(headSize));
    List<Tensor> logits = new ArrayList<>();
    for (int r : present) {
      TypedAdjacency.Part part = g.byType().bySource(r);
      Arg sent = Arg.u(mapped(part, k, attention, r));
      logits.add(
          GraphOps.gsddmm(part.edges(), MessageOp.DOT, sent, Arg.v(q))
              .mul(priors.slice(0, r, r + 1).reshape(1, heads, 1)));
    }
    return GraphOps.edgeSoftmax(g.joined(), Tensor.concat(0, logits));
  }

  private Tensor aggregate(TypedGraph g, Tensor v, Tensor weights, List<Integer> present) {
    List<Term> terms = new ArrayList<>();
    for (int r : present) {
      TypedAdjacency.Part part = g.byType().bySource(r);
      int start = g.start(r);
      Tensor own = weights.slice(0, start, start + g.byType().numEdges(r));
      terms.add(
          new Term(
              part.edges(),
              MessageOp.MUL,
              Reducer.SUM,
              Arg.u(mapped(part, v, message, r)),
              Arg.e(own),
              "HgtConv, relation " + r));
    }
    return GraphOps.gspmmSum(terms);
  }

  /** The rows of the nodes that a relation leaves from, through its matrix in each head. */
  private Tensor mapped(TypedAdjacency.Part part, Tensor rows, LayerList<TypedLinear> maps, int r) {
    Tensor touched = part.rows() == null ? rows : rows.indexSelect(0, part.rows());
    List<Tensor> perHead = new ArrayList<>();
    for (int h = 0; h < heads; h++) {
      perHead.add(touched.select(1, h).matmul(maps.get(h).matrix(r)));
    }
    return Tensor.stack(1, perHead);
  }

  private Tensor heads(Tensor rows) {
    return rows.reshape(rows.dim(0), heads, headSize);
  }

  private void check(TypedGraph g, Tensor x) {
    if (g.relations() != relations || g.numNodeTypes() != nodeTypes) {
      throw RelataException.of(ErrorId.ARGUMENT, "The graph has other numbers of types")
          .where(named())
          .expected(nodeTypes + " node types, " + relations + " relations")
          .found(g.numNodeTypes() + " and " + g.relations())
          .build();
    }
    requireRows("features", x, g.numNodes(), in);
  }

  @Override
  protected String describe() {
    return "in="
        + in
        + ", headSize="
        + headSize
        + ", heads="
        + heads
        + ", nodeTypes="
        + nodeTypes
        + ", relations="
        + relations;
  }
}
