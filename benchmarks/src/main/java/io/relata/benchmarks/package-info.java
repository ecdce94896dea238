/**
 * JMH benchmarks, each beside a peer in the same run; see docs/performance.md for what they showed.
 */
package io.relata.benchmarks;
