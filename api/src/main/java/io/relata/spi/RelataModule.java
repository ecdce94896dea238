package io.relata.spi;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.multibindings.Multibinder;

/**
 * What a backend or plugin jar lists in {@code META-INF/services/io.relata.spi.RelataModule}: a
 * Guice module that adds to the sets of {@link BackendProvider} and {@link KernelProvider}.
 */
public interface RelataModule extends Module {
  /** The set to which a backend adds itself. */
  static Multibinder<BackendProvider> backends(Binder binder) {
    return Multibinder.newSetBinder(binder, BackendProvider.class);
  }

  /** The set to which a kernel plugin adds itself. */
  static Multibinder<KernelProvider> kernels(Binder binder) {
    return Multibinder.newSetBinder(binder, KernelProvider.class);
  }
}
