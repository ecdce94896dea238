package io.relata.plugin.float64;

import io.relata.spi.RelataModule;
import io.relata.tck.plugin.PluginJarTck;
import java.util.Set;

/** The jar is found by being there, and changes nothing else. */
class Float64JarTest extends PluginJarTck {
  @Override
  protected Class<? extends RelataModule> module() {
    return Float64Module.class;
  }

  @Override
  protected Set<String> kernels() {
    return Set.of(Float64Kernels.ID);
  }
}
