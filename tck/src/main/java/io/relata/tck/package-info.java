/**
 * The conformance kit: abstract JUnit tests that the author of a backend or a kernel plugin extends
 * with one class each. They run against whatever {@link io.relata.Relata#open()} finds.
 */
package io.relata.tck;
