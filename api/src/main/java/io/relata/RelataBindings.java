package io.relata;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.relata.spi.BackendProvider;
import io.relata.spi.KernelProvider;
import io.relata.spi.RelataModule;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Guice module that makes {@code @Inject Relata} work: it installs every {@link RelataModule} on
 * the class path, and anything else the injector binds into the sets of providers takes part as
 * well.
 */
public final class RelataBindings extends AbstractModule {
  @Override
  protected void configure() {
    RelataModule.backends(binder());
    RelataModule.kernels(binder());
    ServiceLoader.load(RelataModule.class).forEach(this::install);
  }

  @Provides
  @Singleton
  BackendChoice choice(Set<BackendProvider> backends, Set<KernelProvider> kernels) {
    return new BackendChoice(backends, kernels, System.getProperties(), System.getenv());
  }

  @Provides
  @Singleton
  Relata relata(BackendChoice choice) {
    return choice.open(null);
  }
}
