package org.sardiffusion.pipelines.batch;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.pipelines.plan.BatchException;

/** A folder that holds a batch of another plan, where nothing is to be extended. */
public final class OtherPlanException extends BatchException {
  private static final long serialVersionUID = 1L;

  public OtherPlanException(String message, Remedy... remedies) {
    super(message, remedies);
  }
}
