package org.sardiffusion.runtime.diffusion;

/**
 * What a scene takes.
 *
 * @param tiles predictions of tiles, over all calls of the model
 * @param workBytes what its work folder needs on disk while it is made, at most
 * @param outputBytes what the image needs on disk, at most; 0 of latents alone
 */
public record SceneCost(long tiles, long workBytes, long outputBytes) {
  /** What both take together. */
  public SceneCost plus(SceneCost other) {
    return new SceneCost(
        tiles + other.tiles, workBytes + other.workBytes, outputBytes + other.outputBytes);
  }
}
