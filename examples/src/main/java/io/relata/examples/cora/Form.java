package io.relata.examples.cora;

import io.relata.nn.LayerContext;

/** The ways in which this tutorial writes a layer. */
enum Form {
  PLAIN("plain"),
  WEIGHTED("weighted"),
  USER_DEFINED("userDefined");

  private final String id;

  Form(String id) {
    this.id = id;
  }

  /** How the user and the summary name it. */
  String id() {
    return id;
  }

  /** A new layer of this form. */
  SageLayer layer(LayerContext context, int in, int out) {
    return switch (this) {
      case PLAIN -> new PlainSage(context, in, out);
      case WEIGHTED -> new WeightedSage(context, in, out);
      case USER_DEFINED -> new UserDefinedSage(context, in, out);
    };
  }
}
