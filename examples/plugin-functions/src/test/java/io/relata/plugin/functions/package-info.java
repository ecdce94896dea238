/** Conformance of the functions. */
package io.relata.plugin.functions;
