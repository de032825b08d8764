package org.sardiffusion.cli;

import java.util.Optional;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;

/**
 * A command's work with a model, which Ctrl-C stops.
 *
 * @param bundle the model
 * @param options how it is opened
 * @param replay the image that is made again, if one is: only its own model can
 * @param console hears of it, and is clean at the end
 */
record ModelRun(Bundle bundle, ModelOptions options, Optional<Replay> replay, Console console) {
  /** What is done with the opened model. */
  interface Work<R> {
    R with(Model model, Cancellation cancellation);
  }

  <R> R run(Work<R> work) {
    try (Cancellation cancellation = Interruption.cancellation();
        Model model = Model.open(bundle, options, console::note)) {
      replay.ifPresent(
          made -> made.recipe().stamp().requireSame(made.image().toString(), ModelStamp.of(model)));
      return work.with(model, cancellation);
    } finally {
      console.end();
    }
  }
}
