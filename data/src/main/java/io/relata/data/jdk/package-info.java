/**
 * The class graph of the running JVM: what each class of the JDK extends, implements, holds, calls
 * and nests in, and which module it belongs to.
 *
 * <ul>
 *   <li>{@link io.relata.data.jdk.JdkClassGraph}: the data set
 *   <li>{@link io.relata.data.jdk.Relation}: how one class can relate to another
 *   <li>{@link io.relata.data.jdk.ClassFeature}: what is counted about a class by itself
 * </ul>
 */
package io.relata.data.jdk;
