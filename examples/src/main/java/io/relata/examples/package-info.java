/**
 * Runnable programs, a package each; {@link io.relata.examples.Doctor} tells what a bug report
 * needs.
 */
package io.relata.examples;
