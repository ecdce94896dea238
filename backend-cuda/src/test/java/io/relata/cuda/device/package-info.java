/**
 * What {@code backend-cuda/device/run.sh} runs on a machine with a GPU: the conformance kit, the
 * golden cases, checks of memory and bits, and benchmarks. Nothing here knows a device; the
 * ordinary build runs the checks, small, on the tests' device.
 */
package io.relata.cuda.device;
