/** Loss functions: {@link io.relata.nn.loss.Losses}. */
package io.relata.nn.loss;
