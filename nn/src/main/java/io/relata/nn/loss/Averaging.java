package io.relata.nn.loss;

/** How the losses of single examples become one number. */
public enum Averaging {
  /** Their mean; with class weights, the weighted mean. */
  MEAN,
  /** Their sum. */
  SUM
}
