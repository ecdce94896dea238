package io.relata.plugin.float64;

import io.relata.tck.KernelTck;

/** Message passing with this jar on the class path. */
class Float64ConformanceTest extends KernelTck {}
