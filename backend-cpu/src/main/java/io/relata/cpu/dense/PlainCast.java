package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/** Template: conversion of elements from one type to another. */
final class PlainCast implements Loops.Unary {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final DType FROM = KIND.from();
  private static final DType TO = KIND.to();
  private static final boolean REAL = isReal(FROM) || isReal(TO);

  private static boolean isReal(DType type) {
    return type.isFloating() || type.isHalf();
  }

  /** What a copy is for. */
  record Kind(DType from, DType to) {}

  @Override
  public void run(long x, long out, long n, double a, double b) {
    for (long i = 0; i < n; i++) {
      if (REAL) {
        Elements.setReal(TO, out, i, Elements.real(FROM, x, i));
      } else {
        Elements.setInteger(TO, out, i, Elements.integer(FROM, x, i));
      }
    }
  }
}
