/**
 * Optimisers: {@link io.relata.nn.optim.Sgd}, {@link io.relata.nn.optim.Adam}; {@link
 * io.relata.nn.optim.Schedule} of learning rates; {@link io.relata.nn.optim.GradientClip}.
 */
package io.relata.nn.optim;
