package org.sardiffusion.runtime.diffusion;

/**
 * One evaluation of the model.
 *
 * @param evaluation its index in the schedule
 * @param index its index in this run, from 0: less where the run starts late
 * @param count evaluations of this run
 * @param timestep what the model is fed
 */
record ModelCall(int evaluation, int index, int count, double timestep) {}
