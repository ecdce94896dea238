/** How good predictions are: {@link io.relata.nn.metric.ConfusionMatrix} and its figures. */
package io.relata.nn.metric;
