package io.relata.cuda;

import static jcuda.driver.CUresult.CUDA_SUCCESS;

import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjitInputType;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUlinkState;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kernels by name. A module is loaded when the first of its kernels is launched: from the cache of
 * compiled code, or compiled from PTX by the driver and then kept.
 */
final class Modules {
  private static final Logger LOG = LoggerFactory.getLogger(Modules.class);
  private static final int LOG_BYTES = 8192;

  private final KernelIndex index;
  private final CubinCache cache;
  private final Map<String, CUfunction> functions = new ConcurrentHashMap<>();
  private final Map<String, CUmodule> modules = new HashMap<>();

  Modules(KernelIndex index, CubinCache cache) {
    this.index = index;
    this.cache = cache;
  }

  /** The kernel; the device's context must be current. */
  CUfunction function(String kernel) {
    CUfunction f = functions.get(kernel);
    return f != null ? f : functions.computeIfAbsent(kernel, this::find);
  }

  private CUfunction find(String kernel) {
    String name = index.module(kernel);
    CUmodule module;
    synchronized (modules) {
      module = modules.get(name);
      if (module == null) {
        module = load(name, index.ptx(name));
        modules.put(name, module);
      }
    }
    CUfunction f = new CUfunction();
    Calls.check(JCudaDriver.cuModuleGetFunction(f, module, kernel), "look-up of kernel " + kernel);
    return f;
  }

  private CUmodule load(String name, byte[] ptx) {
    CUmodule module = new CUmodule();
    Optional<byte[]> kept = cache.get(ptx);
    if (kept.isPresent()) {
      if (JCudaDriver.cuModuleLoadData(module, kept.get()) == CUDA_SUCCESS) {
        LOG.debug("{}: compiled code from the cache", name);
        return module;
      }
      LOG.info("{}: the driver refuses the code in the cache, it is compiled anew", name);
      cache.discard(ptx);
    }
    long start = System.nanoTime();
    Optional<byte[]> cubin = compile(name, ptx);
    if (cubin.isPresent() && JCudaDriver.cuModuleLoadData(module, cubin.get()) == CUDA_SUCCESS) {
      cache.put(ptx, cubin.get());
    } else {
      loadDirectly(module, name, ptx);
    }
    LOG.debug("{}: compiled in {} ms", name, (System.nanoTime() - start) / 1_000_000);
    return module;
  }

  /** Machine code for the current device; empty where the driver does not give it away. */
  private static Optional<byte[]> compile(String name, byte[] ptx) {
    CUlinkState state = new CUlinkState();
    if (JCudaDriver.cuLinkCreate(new JITOptions(), state) != CUDA_SUCCESS) {
      return Optional.empty();
    }
    try {
      HostPointer cubin = new HostPointer();
      long[] size = new long[1];
      int result =
          JCudaDriver.cuLinkAddData(
              state,
              CUjitInputType.CU_JIT_INPUT_PTX,
              Pointer.to(ptx),
              ptx.length,
              name,
              new JITOptions());
      if (result == CUDA_SUCCESS) {
        result = JCudaDriver.cuLinkComplete(state, cubin, size);
      }
      if (result != CUDA_SUCCESS) {
        LOG.debug("{}: the linker answers {}", name, Calls.text(result));
        return Optional.empty();
      }
      // The memory belongs to the state.
      return Optional.of(cubin.segment(size[0]).toArray(ValueLayout.JAVA_BYTE));
    } finally {
      JCudaDriver.cuLinkDestroy(state);
    }
  }

  private static void loadDirectly(CUmodule module, String name, byte[] ptx) {
    JITOptions options = new JITOptions();
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
    int result = JCudaDriver.cuModuleLoadDataJIT(module, Pointer.to(ptx), options);
    if (result != CUDA_SUCCESS) {
      throw Calls.failure(
          result,
          "compilation of "
              + name
              + ".ptx: "
              + options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER),
          true);
    }
  }

  void close() {
    synchronized (modules) {
      modules.values().forEach(JCudaDriver::cuModuleUnload);
      modules.clear();
      functions.clear();
    }
  }
}
