package org.sardiffusion.runtime.diffusion;

import java.util.List;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.tiling.TileLayout;

/** Whether a model can do what a request asks for, found out before any work. */
final class RequestValidator {
  private final Bundle bundle;

  RequestValidator(Bundle bundle) {
    this.bundle = bundle;
  }

  /**
   * Checks a request.
   *
   * @return the shape of one image's latents
   * @throws GenerationException if the model can't do it; it says what would do
   */
  LatentShape check(GenerationRequest request, Execution execution) {
    if (request.init() instanceof Init.Image) {
      requireEncoder();
    }
    request.control().map(Control::scales).ifPresent(this::requireControlNets);
    LatentShape shape =
        check(request.size(), Math.min(execution.batchSize(), request.sampling().count()));
    execution.tiles().ifPresent(tiles -> requireTiles(tiles, shape));
    return shape;
  }

  /**
   * Checks a size.
   *
   * @param images how many are made at once
   * @return the shape of one image's latents
   * @throws GenerationException if the model can't make such images
   */
  LatentShape check(Size size, int images) {
    int multiple = bundle.sizeMultiple();
    if (size.width() % multiple != 0 || size.height() % multiple != 0) {
      throw new GenerationException(
          "The model "
              + bundle.name()
              + " makes images whose sides are multiples of "
              + multiple
              + " pixels, so not "
              + size
              + ": try "
              + nearest(size.width(), multiple)
              + "x"
              + nearest(size.height(), multiple)
              + ".");
    }
    requireIndexable(size, images);
    int factor = bundle.vae().factor();
    return new LatentShape(
        1, bundle.unet().channels(), size.height() / factor, size.width() / factor);
  }

  private void requireTiles(TileLayout tiles, LatentShape shape) {
    Size tile = tiles.tileSize(bundle.vae().factor());
    int multiple = bundle.sizeMultiple();
    if (tile.width() % multiple != 0 || tile.height() % multiple != 0) {
      throw new GenerationException(
          "The model "
              + bundle.name()
              + " needs tiles whose sides are multiples of "
              + multiple
              + " pixels, so not "
              + tile
              + ": try "
              + nearest(tile.width(), multiple)
              + "x"
              + nearest(tile.height(), multiple)
              + ".");
    }
    Window latents = new Window(0, 0, shape.width(), shape.height());
    if (!tiles.whole().equals(latents)) {
      throw new GenerationException(
          "Tiles of latents of "
              + tiles.whole().size()
              + " pixels can't cover those of the image, of "
              + latents.size()
              + ".");
    }
  }

  /**
   * Arrays and buffers have fewer than 2^31 elements; it is better to know before an hour's work.
   */
  private void requireIndexable(Size size, int images) {
    double pixels = (double) size.width() * size.height();
    double factor = bundle.vae().factor();
    // The UNet's largest input: a guided batch in float32.
    double bytes =
        2.0 * images * bundle.unet().channels() * pixels / (factor * factor) * Float.BYTES;
    if (Math.max(pixels, bytes) > Integer.MAX_VALUE) {
      throw new GenerationException(
          String.format(
              "%s of %s is more than can be made at once: make smaller images%s.",
              images == 1 ? "An image" : "A batch of " + images + " images",
              size,
              images == 1 ? "" : ", or fewer at once"));
    }
  }

  private static long nearest(int side, int multiple) {
    return Math.max(1, Math.round((double) side / multiple)) * multiple;
  }

  /** Whether images can be encoded. */
  void requireEncoder() {
    if (!bundle.has(BundlePart.VAE_ENCODER)) {
      throw new GenerationException(
          "The model "
              + bundle.name()
              + " has no VAE encoder (vae_encoder/model.onnx), so it can't start from an image. Export it again with"
              + " sar-diffusion export.");
    }
  }

  /** Whether the model has the ControlNets for it. */
  void requireControlNets(ControlScales control) {
    List<String> nets = ControlNets.of(bundle);
    if (nets.isEmpty()) {
      throw new GenerationException(
          "The model "
              + bundle.name()
              + " has no ControlNet ("
              + BundlePart.UNET_CONTROLNET.file()
              + "), so it can't follow a control image. Export the model with a ControlNet.");
    }
    int given = control.nets().size();
    if (given != nets.size()) {
      throw new GenerationException(
          "The model "
              + bundle.name()
              + " takes "
              + nets.size()
              + " control image"
              + (nets.size() == 1 ? "" : "s")
              + " ("
              + String.join(", ", nets)
              + "), but "
              + given
              + (given == 1 ? " was" : " were")
              + " given: one for each ControlNet, in this order; a scale of 0 switches one off.");
    }
  }
}
