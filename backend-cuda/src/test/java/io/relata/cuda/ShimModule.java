package io.relata.cuda;

import com.google.inject.Binder;
import io.relata.spi.Backend;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.Probe;
import io.relata.spi.RelataModule;

/** Lets tests open a runtime on the shim, by its name alone: anything else comes before it. */
public final class ShimModule implements RelataModule {
  /** The name to open. */
  static final String ID = "cuda-shim";

  @Override
  public void configure(Binder binder) {
    RelataModule.backends(binder).addBinding().toInstance(new Provider());
  }

  private static final class Provider implements BackendProvider {
    @Override
    public String id() {
      return ID;
    }

    @Override
    public int priority() {
      return -100;
    }

    @Override
    public Probe probe() {
      return ShimDevice.isPossible()
          ? new Probe.Available("CUDA kernels compiled for the host, a test tool")
          : new Probe.Unavailable("no g++ on the PATH", "install it to run these tests");
    }

    @Override
    public Backend open(BackendOptions options) {
      return new CudaBackend(new ShimDevice());
    }
  }
}
