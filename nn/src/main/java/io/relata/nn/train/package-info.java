/**
 * The training loop: {@link io.relata.nn.train.Trainer}, {@link
 * io.relata.nn.train.TrainingListener}, {@link io.relata.nn.train.EarlyStopping}.
 */
package io.relata.nn.train;
