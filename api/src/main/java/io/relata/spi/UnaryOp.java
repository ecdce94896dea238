package io.relata.spi;

/**
 * Elementwise functions of one array; {@code a} and {@code b} are the scalar parameters of the
 * call.
 */
public enum UnaryOp {
  /** -x. */
  NEG,
  /** |x|. */
  ABS,
  /** -1, 0 or 1; NaN stays. */
  SIGN,
  /** x². */
  SQUARE,
  /** Square root. */
  SQRT,
  /** 1 / sqrt(x). */
  RSQRT,
  /** 1 / x. */
  RECIPROCAL,
  /** e^x. */
  EXP,
  /** e^x - 1. */
  EXPM1,
  /** Natural logarithm. */
  LOG,
  /** log(1 + x). */
  LOG1P,
  /** Sine. */
  SIN,
  /** Cosine. */
  COS,
  /** Hyperbolic tangent. */
  TANH,
  /** 1 / (1 + e^-x). */
  SIGMOID,
  /** log(1 + e^x), stable. */
  SOFTPLUS,
  /** Gauss error function. */
  ERF,
  /** max(x, 0); NaN stays. */
  RELU,
  /** x where x &gt; 0, else a * x. */
  LEAKY_RELU,
  /** x where x &gt; 0, else a * (e^x - 1). */
  ELU,
  /** Largest integer not above x. */
  FLOOR,
  /** Smallest integer not below x. */
  CEIL,
  /** Nearest integer, ties to even. */
  ROUND,
  /** a * x + b. */
  AFFINE,
  /** x^a. */
  POW,
  /** a^x. */
  RPOW,
  /** a / x. */
  RDIV,
  /** min(max(x, a), b); NaN stays. */
  CLAMP
}
