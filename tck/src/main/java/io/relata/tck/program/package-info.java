/**
 * Conformance of whole programs: random schemas and random sequences of graph calls, held after
 * every step against a plain float64 interpreter of docs/semantics.md.
 */
package io.relata.tck.program;
