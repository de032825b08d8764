package org.sardiffusion.pipelines;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GeneratedImage;

/** Keeps the images of a request, and passes everything else on. */
public final class ImageCollector implements DiffusionListener {
  private final DiffusionListener listener;
  private final List<GeneratedImage> images = new ArrayList<>();

  /**
   * @param listener hears of everything but the images
   */
  public ImageCollector(DiffusionListener listener) {
    this.listener = listener;
  }

  /** The first image of the request, once it was made. */
  public GeneratedImage first() {
    return images.get(0);
  }

  @Override
  public void note(String message) {
    listener.note(message);
  }

  @Override
  public void advanced(String stage, long done, long total) {
    listener.advanced(stage, done, total);
  }

  @Override
  public void step(Step step) {
    listener.step(step);
  }

  @Override
  public void image(GeneratedImage image) {
    images.add(image);
  }
}
