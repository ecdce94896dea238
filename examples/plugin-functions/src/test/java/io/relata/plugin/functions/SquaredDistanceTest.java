package io.relata.plugin.functions;

import io.relata.graph.RelationMessage;
import io.relata.spi.Target;
import io.relata.tck.function.RelationMessageTck;
import java.util.List;

class SquaredDistanceTest extends RelationMessageTck {
  @Override
  protected RelationMessage function() {
    return MoreFunctions.squaredDistance("h", "h", "m");
  }

  @Override
  protected List<Target> operands() {
    return List.of(Target.U, Target.V);
  }
}
