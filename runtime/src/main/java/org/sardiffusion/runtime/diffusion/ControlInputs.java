package org.sardiffusion.runtime.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * What a UNet with ControlNets takes besides the UNet's own inputs: {@code controlnet_images}
 * [N,B,3,H,W], {@code controlnet_scales} [N] and {@code controlnet_residual_weights} [B,R]. Only
 * the scales change from step to step, and the images from tile to tile.
 */
final class ControlInputs implements AutoCloseable {
  private static final String IMAGES = "controlnet_images";
  private static final String SCALES = "controlnet_scales";
  private static final String WEIGHTS = "controlnet_residual_weights";

  private final ControlScales control;
  private final int batch;
  private final List<HostTensor> tensors = new ArrayList<>();
  private final HostTensor images;
  private final HostTensor scales;
  private final HostTensor weights;

  private Optional<ControlView> shown = Optional.empty();

  /**
   * @param size of the images that the graph gets: all of the control images, or a part
   * @param shares of each image of the batch
   */
  ControlInputs(
      GraphSession session, ControlScales control, Size size, List<ResidualWeighting> shares) {
    this.control = control;
    this.batch = shares.size();
    int nets = control.nets().size();
    int residuals = (int) session.inputShape(WEIGHTS)[1];
    try {
      images =
          keep(
              session.newInput(
                  IMAGES, nets, batch, ControlImage.CHANNELS, size.height(), size.width()));
      scales = keep(session.newInput(SCALES, nets));
      weights = keep(session.newInput(WEIGHTS, batch, residuals));
      for (int image = 0; image < batch; image++) {
        weights.put(image * residuals, shares.get(image).weights(residuals));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private HostTensor keep(HostTensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  /** The inputs by their names. */
  Map<String, HostTensor> tensors() {
    return Map.of(IMAGES, images, SCALES, scales, WEIGHTS, weights);
  }

  /** Sets the scales of one call, and what is to be seen of control images. */
  void set(ModelCall at, ControlView view) {
    show(view);
    for (int net = 0; net < control.nets().size(); net++) {
      scales.put(net, new float[] {(float) control.nets().get(net).at(at)});
    }
  }

  private void show(ControlView view) {
    if (shown.equals(Optional.of(view))) {
      return;
    }
    shown = Optional.of(view);
    for (int net = 0; net < control.nets().size(); net++) {
      for (int channel = 0; channel < ControlImage.CHANNELS; channel++) {
        float[] plane = view.channel(net, channel);
        for (int image = 0; image < batch; image++) {
          images.put(
              ((net * batch + image) * ControlImage.CHANNELS + channel) * plane.length, plane);
        }
      }
    }
  }

  @Override
  public void close() {
    tensors.forEach(HostTensor::close);
  }
}
