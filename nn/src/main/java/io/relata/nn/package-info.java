/**
 * Layers: {@link io.relata.nn.Layer}, a tree of named parameters; {@link io.relata.nn.LayerContext}
 * and {@link io.relata.nn.Initializers}, which make them; {@link io.relata.nn.UnaryLayer} and its
 * kinds, for instance {@link io.relata.nn.Linear}. Names and rules are PyTorch's in camel case.
 */
package io.relata.nn;
