package org.sardiffusion.evaluation.internal.crops;

/**
 * A frequency that stands out of a spectrum.
 *
 * @param decibels its mean over crops, over its neighbourhood
 * @param periodX pixels along the rows; infinite if it is constant there
 * @param periodY pixels along the columns; infinite if it is constant there
 */
public record LatticeLine(double decibels, double periodX, double periodY) {}
