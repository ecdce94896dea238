// Functions of one number that several kernels apply.
#pragma once

#include "dense.cuh"

// io.relata.spi.UnaryOp, in its order.
enum Unary {
  NEG, ABS, SIGN, SQUARE, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGMOID,
  SOFTPLUS, ERF, RELU, LEAKY_RELU, ELU, FLOOR, CEIL, ROUND, AFFINE, POW, RPOW, RDIV, CLAMP
};

// NaN stays.
template <typename T>
DEVICE T relu(T x) {
  return x <= 0 ? T(0) : x;
}

template <typename T>
DEVICE T leakyRelu(T x, T a) {
  return x > 0 ? x : a * x;
}

template <typename T>
DEVICE T elu(T x, T a) {
  return x > 0 ? x : a * expm1(x);
}

// Stable for both signs: the exponential is of a number below 0.
template <typename T>
DEVICE T sigmoid(T x) {
  const T e = exp(-fabs(x));
  return (x < 0 ? e : T(1)) / (T(1) + e);
}
