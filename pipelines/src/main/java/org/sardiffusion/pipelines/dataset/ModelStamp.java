package org.sardiffusion.pipelines.dataset;

import java.util.List;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.pipelines.Recipe;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.weights.adapters.AdapterIdentity;

/** What makes the images, for their recipes. */
public record ModelStamp(String device, ModelIdentity model, List<AdapterIdentity> adapters) {
  /** Stands for the model with all that was added to it. */
  public String sha256() {
    StringBuilder text = new StringBuilder(model.sha256());
    adapters.forEach(
        adapter ->
            text.append(' ')
                .append(adapter.kind().id())
                .append(' ')
                .append(adapter.sha256())
                .append(' ')
                .append(adapter.weight()));
    return adapters.isEmpty() ? model.sha256() : Sha256.hex(text.toString());
  }

  /** What an image is made again from. */
  public Recipe recipe(PlannedImage image) {
    return new Recipe(
        Software.NAME_AND_VERSION,
        device,
        model,
        adapters,
        image.request(),
        image.imageInputs(),
        image.placement());
  }
}
