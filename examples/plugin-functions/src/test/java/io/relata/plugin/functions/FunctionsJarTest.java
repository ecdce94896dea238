package io.relata.plugin.functions;

import io.relata.spi.RelataModule;
import io.relata.tck.plugin.PluginJarTck;

/** The jar is found by being there, and changes nothing. */
class FunctionsJarTest extends PluginJarTck {
  @Override
  protected Class<? extends RelataModule> module() {
    return FunctionsModule.class;
  }
}
