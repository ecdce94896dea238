/**
 * Graphs and tensors in files: {@link io.relata.hetero.io.GraphFile} saves and loads a graph,
 * {@link io.relata.hetero.io.SafeTensors} is the container, that of Python's {@code safetensors},
 * and {@link io.relata.hetero.io.FileKind} tells what a file of it holds. Writes replace a file
 * whole or not at all; a file that is not right is refused with the reason. The formats are
 * described in {@code docs/file-formats.md}.
 */
package io.relata.hetero.io;
