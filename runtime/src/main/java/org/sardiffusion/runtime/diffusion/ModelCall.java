package org.sardiffusion.runtime.diffusion;

/**
 * One call of the model.
 *
 * @param position in the schedule, from 0
 * @param index its index in this run, from 0: less where the run starts late
 * @param count calls of this run
 * @param timestep what the model is fed
 */
record ModelCall(int position, int index, int count, double timestep) {}
