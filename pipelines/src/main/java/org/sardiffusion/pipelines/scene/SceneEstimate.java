package org.sardiffusion.pipelines.scene;

/**
 * What a scene takes.
 *
 * @param tiles predictions of tiles, over all steps
 * @param workBytes what its work folder needs on disk while it is made
 * @param outputBytes what the image needs at most
 */
public record SceneEstimate(long tiles, long workBytes, long outputBytes) {}
