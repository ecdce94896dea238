/**
 * The main job: {@link io.relata.examples.jdk.JdkModules} trains a relational graph network on the
 * classes of the JDK it runs on and predicts which module each belongs to.
 */
package io.relata.examples.jdk;
