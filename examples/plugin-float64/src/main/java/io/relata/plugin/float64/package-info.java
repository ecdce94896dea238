/** An example of a kernel plugin. */
package io.relata.plugin.float64;
