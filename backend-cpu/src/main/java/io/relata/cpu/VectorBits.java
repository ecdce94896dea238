package io.relata.cpu;

import jdk.incubator.vector.FloatVector;

/** Asks the vector module how wide vectors are; loaded only where that module is present. */
final class VectorBits {
  private VectorBits() {}

  /** Bits of the JVM's preferred float vectors. */
  static int preferred() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
