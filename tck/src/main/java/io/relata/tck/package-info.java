/**
 * The conformance kit: abstract JUnit tests that the author of a backend or a plugin extends with
 * one class each. They run against whatever {@link io.relata.Relata#open()} finds, or what an
 * overridden {@code open()} gives.
 *
 * <ul>
 *   <li>a backend: {@link io.relata.tck.BackendTck}, every area in one class
 *   <li>a plugin of kernels: {@link io.relata.tck.KernelTck}
 *   <li>a message function: {@link io.relata.tck.function.RelationMessageTck}
 *   <li>a reduce function: {@link io.relata.tck.function.RelationReduceTck}
 *   <li>any jar with a module: {@link io.relata.tck.plugin.PluginJarTck}, found with the jar on the
 *       class path, and nothing changes without
 *   <li>an operation with a gradient: {@link io.relata.tck.tensor.GradientCheck}
 * </ul>
 *
 * The areas stand in {@link io.relata.tck.tensor} and {@link io.relata.tck.graph}, to be extended
 * one by one while something is being built; {@code docs/plugins.md} is the tutorial.
 */
package io.relata.tck;
