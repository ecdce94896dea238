package io.relata.plugin.functions;

import io.relata.graph.RelationReduce;
import io.relata.tck.function.RelationReduceTck;

class LogSumExpTest extends RelationReduceTck {
  @Override
  protected RelationReduce function() {
    return MoreFunctions.logSumExp(0.7, "m", "out");
  }
}
