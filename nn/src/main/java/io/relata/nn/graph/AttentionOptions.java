package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.nn.Activation;
import io.relata.nn.Initializer;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import java.util.function.UnaryOperator;

/** The options that attention layers share; each layer's own builder adds the rest. */
abstract class AttentionOptions<B extends AttentionOptions<B>> {
  /** DGL initialises all maps and attention vectors of these layers so. */
  static final Initializer GLOROT = Initializers.xavierNormal(Initializers.RELU_GAIN);

  final LayerContext context;
  final int in;
  final int out;
  final int heads;
  int inDst;
  boolean bias = true;
  boolean residual;
  boolean allowZeroInDegree;
  double featureDropout;
  double attentionDropout;

  /** Whether sources and destinations have maps of their own, called fc_src and fc_dst. */
  boolean twoMaps;

  /** Whether those two are one map under two names. */
  boolean shareMaps;

  /** Whether the maps have biases, which then serve in place of one at the end. */
  boolean mapsBiased;

  /** Whether the residual's map has a bias, which then serves in place of one at the end. */
  boolean residualBiased = true;

  /** Whether the residual has a map where sizes agree, too. */
  boolean residualAlwaysMapped;

  UnaryOperator<Tensor> activation = UnaryOperator.identity();

  AttentionOptions(LayerContext context, int in, int out, int heads) {
    if (heads < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "Attention needs a head")
          .expected("1 or more heads")
          .found(Integer.toString(heads))
          .build();
    }
    this.context = context;
    this.in = in;
    this.out = out;
    this.heads = heads;
    this.inDst = in;
  }

  abstract B self();

  /** Whether there is a bias. */
  public B bias(boolean value) {
    bias = value;
    return self();
  }

  /** Whether destination features are added to the result, through a map where sizes differ. */
  public B residual(boolean value) {
    residual = value;
    return self();
  }

  /** Lets nodes without in-edges pass; they get no messages. */
  public B allowZeroInDegree(boolean value) {
    allowZeroInDegree = value;
    return self();
  }

  /** Probability of dropout on the input features. */
  public B featureDropout(double value) {
    featureDropout = value;
    return self();
  }

  /** Probability of dropout on the attention weights. */
  public B attentionDropout(double value) {
    attentionDropout = value;
    return self();
  }

  /** Applied last. */
  public B activation(UnaryOperator<Tensor> value) {
    activation = Activation.function(value);
    return self();
  }
}
