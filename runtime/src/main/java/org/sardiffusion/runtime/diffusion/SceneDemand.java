package org.sardiffusion.runtime.diffusion;

/**
 * What a scene takes.
 *
 * @param tiles predictions of tiles, over all evaluations of the model
 * @param decoderTiles tiles to decode
 * @param folderBytes what its folder needs on disk, at most
 */
public record SceneDemand(long tiles, long decoderTiles, long folderBytes) {}
