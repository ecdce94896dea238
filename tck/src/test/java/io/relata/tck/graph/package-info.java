/** Tests of functional graph operations on the CPU. */
package io.relata.tck.graph;
