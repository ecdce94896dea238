package io.relata.cuda;

import com.google.inject.Binder;
import io.relata.spi.RelataModule;

/** Announces the CUDA backend. */
public final class CudaModule implements RelataModule {
  @Override
  public void configure(Binder binder) {
    RelataModule.backends(binder).addBinding().to(CudaBackendProvider.class);
  }
}
