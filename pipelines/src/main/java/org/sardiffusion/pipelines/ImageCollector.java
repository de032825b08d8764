package org.sardiffusion.pipelines;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GeneratedImage;

/** Keeps the images of a request, and passes everything else on. */
public final class ImageCollector implements DiffusionListener {
  private final Consumer<String> warnings;
  private final Consumer<Step> steps;
  private final List<GeneratedImage> images = new ArrayList<>();

  /**
   * @param warnings receives what the user should know
   * @param steps receives each step that is done
   */
  public ImageCollector(Consumer<String> warnings, Consumer<Step> steps) {
    this.warnings = warnings;
    this.steps = steps;
  }

  /** The first image of the request, once it was made. */
  public GeneratedImage first() {
    return images.get(0);
  }

  @Override
  public void warning(String message) {
    warnings.accept(message);
  }

  @Override
  public void step(Step step) {
    steps.accept(step);
  }

  @Override
  public void image(GeneratedImage image) {
    images.add(image);
  }
}
