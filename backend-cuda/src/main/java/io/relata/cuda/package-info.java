/**
 * The CUDA backend. So far it finds devices and says truthfully that its kernels are not written
 * yet, so a program with this jar on its class path runs on the CPU.
 */
package io.relata.cuda;
