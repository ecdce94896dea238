package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;

/** Logits of the plain attention templates; the first argument is a constant of the caller. */
final class PlainLogit {
  private PlainLogit() {}

  /** The sum of the terms of an edge, rounded to the element type after each addition. */
  static double term(AttentionSpec spec, AttentionTask t, int u, int v, int slot, int h) {
    DType dtype = spec.dtype();
    int bytes = spec.bytes();
    double x = PlainMessage.read(dtype, t.source() + ((long) u * spec.heads() + h) * bytes);
    double y = PlainMessage.read(dtype, t.destination() + ((long) v * spec.heads() + h) * bytes);
    double sum = PlainMessage.round(dtype, x + y);
    if (!spec.edge()) {
      return sum;
    }
    long edge = spec.identity() ? slot : getInt(t.edgeIds() + 4L * slot);
    double z = PlainMessage.read(dtype, t.edge() + (edge * spec.heads() + h) * bytes);
    return PlainMessage.round(dtype, sum + z);
  }

  static double leaky(AttentionTask t, double x) {
    return x > 0 ? x : t.slope() * x;
  }
}
