/**
 * Conformance of a plugin's jar: found when it is on the class path, and nothing changes when it is
 * not.
 */
package io.relata.tck.plugin;
