package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;

/** Logits of the plain attention templates; the first argument is a constant of the caller. */
final class PlainLogit {
  private PlainLogit() {}

  /** The sum of the terms of an edge, rounded to the element type after each addition. */
  static double term(AttentionSpec spec, AttentionTask t, int u, int v, int slot, int h) {
    boolean f64 = spec.dtype() == DType.FLOAT64;
    int bytes = spec.bytes();
    double x = PlainMessage.read(f64, t.source() + ((long) u * spec.heads() + h) * bytes);
    double y = PlainMessage.read(f64, t.destination() + ((long) v * spec.heads() + h) * bytes);
    double sum = PlainMessage.round(f64, x + y);
    if (!spec.edge()) {
      return sum;
    }
    long edge = spec.identity() ? slot : getInt(t.edgeIds() + 4L * slot);
    double z = PlainMessage.read(f64, t.edge() + (edge * spec.heads() + h) * bytes);
    return PlainMessage.round(f64, sum + z);
  }

  static double leaky(AttentionTask t, double x) {
    return x > 0 ? x : t.slope() * x;
  }
}
