package io.relata.plugin.functions;

import com.google.inject.AbstractModule;
import io.relata.spi.RelataModule;

/**
 * Makes this jar known to {@code Relata.diagnose()}. It binds nothing: functions are values that a
 * program imports, {@link MoreFunctions#squaredDistance} for instance, and need no registration.
 */
public final class FunctionsModule extends AbstractModule implements RelataModule {}
