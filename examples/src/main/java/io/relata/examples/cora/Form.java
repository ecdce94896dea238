package io.relata.examples.cora;

import io.relata.nn.LayerContext;

/** The ways in which this tutorial writes a layer. */
enum Form {
  PLAIN("plain", PlainSage::new),
  WEIGHTED("weighted", WeightedSage::new),
  USER_DEFINED("userDefined", UserDefinedSage::new);

  private interface Maker {
    SageLayer make(LayerContext context, int in, int out);
  }

  private final String id;
  private final Maker maker;

  Form(String id, Maker maker) {
    this.id = id;
    this.maker = maker;
  }

  /** How the user and the summary name it. */
  String id() {
    return id;
  }

  /** A new layer of this form. */
  SageLayer layer(LayerContext context, int in, int out) {
    return maker.make(context, in, out);
  }
}
