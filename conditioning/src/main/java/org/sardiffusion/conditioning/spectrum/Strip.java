package org.sardiffusion.conditioning.spectrum;

/**
 * Whole rows in an array, one after the other.
 *
 * @param floats holds the rows
 * @param at where they begin
 */
record Strip(float[] floats, int at) {}
