/**
 * Weights in files: {@link io.relata.nn.io.Checkpoint} saves and restores the parameters and
 * buffers of a layer in the format of Python's {@code safetensors}, with where they come from.
 */
package io.relata.nn.io;
