package org.sardiffusion.runtime.bundle;

/** The ONNX graphs of a bundle, by the folders they lie in. */
public enum BundlePart {
  TEXT_ENCODER("text_encoder"),
  TEXT_ENCODER_2("text_encoder_2"),
  UNET("unet"),
  /** The UNet with its ControlNets baked in; it reads the large weights of {@link #UNET}. */
  UNET_CONTROLNET("unet_controlnet", "unet", "model_controlnet.onnx"),
  VAE_ENCODER("vae_encoder"),
  VAE_DECODER("vae_decoder");

  private final String id;
  private final String folder;
  private final String file;

  BundlePart(String folder) {
    this(folder, folder, "model.onnx");
  }

  BundlePart(String id, String folder, String file) {
    this.id = id;
    this.folder = folder;
    this.file = file;
  }

  /** What {@code sar_config.json} calls the graph, such as {@code text_encoder_2}. */
  public String id() {
    return id;
  }

  /** The folder's name inside the bundle, such as {@code text_encoder_2}. */
  public String folder() {
    return folder;
  }

  /** The graph's file in the bundle, such as {@code text_encoder_2/model.onnx}. */
  public String file() {
    return folder + "/" + file;
  }
}
