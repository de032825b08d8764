package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.text.EncodedPrompt;

/**
 * All that steers the UNet in one direction, towards the prompt or away from the negative one.
 *
 * @param prompt the encoded text
 * @param timeIds micro-conditioning numbers, [5 or 6]
 * @param control how much the ControlNets add, where there are any
 */
record Conditioning(EncodedPrompt prompt, float[] timeIds, ResidualWeighting control) {}
