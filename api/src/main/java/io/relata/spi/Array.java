package io.relata.spi;

import io.relata.DType;
import io.relata.Shape;

/**
 * What kernels see of a tensor: a dense row-major run of elements somewhere in a storage. An array
 * has no gradient and no name.
 *
 * @param storage the memory it lies in
 * @param offset distance of its first element from the start of the storage, in bytes
 * @param dtype element type
 * @param shape sizes, row-major without gaps
 */
public record Array(Storage storage, long offset, DType dtype, Shape shape) {

  /** Address of the first element. */
  public long address() {
    return storage.address() + offset;
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }

  /** Size of all elements in bytes. */
  public long bytes() {
    return shape.size() * dtype.bytes();
  }

  /** The same elements in another shape of the same size. */
  public Array reshape(Shape other) {
    return new Array(storage, offset, dtype, other);
  }
}
