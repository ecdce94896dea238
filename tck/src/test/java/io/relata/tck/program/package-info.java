/** Random programs of graph calls on the CPU. */
package io.relata.tck.program;
