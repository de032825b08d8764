package org.sardiffusion.runtime.scene;

/**
 * How far a scene's latents are.
 *
 * @param call the model call that is under way; as many as there are when the latents are complete
 * @param tileRow the next row of tiles in it
 * @param rest sums of predictions in the rows that this row of tiles shares with those before
 */
record SceneProgress(int call, int tileRow, double[] rest) {}
