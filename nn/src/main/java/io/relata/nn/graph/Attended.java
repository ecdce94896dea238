package io.relata.nn.graph;

import io.relata.Tensor;

/**
 * What an attention layer computed.
 *
 * @param output new features of the destination nodes, (numDst, heads, out)
 * @param attention weight of each message, (E, heads, 1)
 */
public record Attended(Tensor output, Tensor attention) {}
