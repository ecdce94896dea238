package io.relata.plugin.float64;

import com.google.inject.AbstractModule;
import io.relata.spi.RelataModule;

/** Adds this jar's kernels to those that a runtime can choose from. */
public final class Float64Module extends AbstractModule implements RelataModule {
  @Override
  protected void configure() {
    RelataModule.kernels(binder()).addBinding().to(Float64Kernels.class);
  }
}
