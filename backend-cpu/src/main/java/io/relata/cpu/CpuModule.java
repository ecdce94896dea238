package io.relata.cpu;

import com.google.inject.AbstractModule;
import io.relata.spi.RelataModule;

/** Adds the CPU to the backends that a runtime can choose from. */
public final class CpuModule extends AbstractModule implements RelataModule {
  @Override
  protected void configure() {
    RelataModule.backends(binder()).addBinding().to(CpuBackendProvider.class);
  }
}
