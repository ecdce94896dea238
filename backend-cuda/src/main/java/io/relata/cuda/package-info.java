/**
 * The CUDA backend. {@link io.relata.cuda.CudaBackend} is a {@link io.relata.cuda.Device} and its
 * kernels: {@link io.relata.cuda.DriverDevice} talks to the NVIDIA driver through JCuda, {@link
 * io.relata.cuda.CudaDenseKernels} and {@link io.relata.cuda.CudaGraphKernels} choose launches,
 * {@link io.relata.cuda.Modules} loads the kernels, whose sources are in {@code src/main/cuda}.
 */
package io.relata.cuda;
