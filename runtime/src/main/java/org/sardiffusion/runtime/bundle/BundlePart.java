package org.sardiffusion.runtime.bundle;

/** The ONNX graphs of a bundle, by the folders they lie in. */
public enum BundlePart {
  TEXT_ENCODER("text_encoder"),
  TEXT_ENCODER_2("text_encoder_2"),
  UNET("unet"),
  VAE_ENCODER("vae_encoder"),
  VAE_DECODER("vae_decoder");

  private final String folder;

  BundlePart(String folder) {
    this.folder = folder;
  }

  /** The folder's name inside the bundle, such as {@code text_encoder_2}. */
  public String folder() {
    return folder;
  }
}
