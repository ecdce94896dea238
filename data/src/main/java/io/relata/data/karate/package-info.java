/**
 * Zachary's karate club, the smallest real graph there is to learn on.
 *
 * <p>{@link io.relata.data.karate.Karate} is the data set.
 */
package io.relata.data.karate;
