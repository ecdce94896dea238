package io.relata.nn.train;

import io.relata.nn.Layer;

/** Hears how a training run goes; every method may be left out. */
public interface TrainingListener {
  /** The run begins. */
  default void onStart(Layer model, int epochs) {}

  /** An epoch is done. */
  default void onEpoch(EpochReport report) {}

  /** The run is over. */
  default void onEnd(TrainingResult result) {}

  /** The run ended with an exception, which is thrown to the caller after this. */
  default void onFailure(RuntimeException failure) {}
}
