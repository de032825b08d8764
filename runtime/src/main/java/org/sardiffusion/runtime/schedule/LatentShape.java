package org.sardiffusion.runtime.schedule;

/** The shape of a batch of latents, [batch, channels, height, width], in latent pixels. */
public record LatentShape(int batch, int channels, int height, int width) {

  /** Number of values of one image's latents. */
  public int imageLength() {
    return Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /** Number of values of the whole batch. */
  public int length() {
    return Math.multiplyExact(batch, imageLength());
  }

  /** A batch of so many images of this size. */
  public LatentShape times(int images) {
    return new LatentShape(images, channels, height, width);
  }
}
