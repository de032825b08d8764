package org.sardiffusion.geo.internal.terrasarx;

import java.nio.file.Path;
import java.util.OptionalDouble;
import org.sardiffusion.geo.raster.Polarisation;

/**
 * One image of a product.
 *
 * @param polarisation sent and received
 * @param image its file
 * @param calibrationFactor ks, which turns DN^2 into beta0; empty if the annotation has none
 * @param noise of its receiver
 */
record Layer(
    Polarisation polarisation, Path image, OptionalDouble calibrationFactor, NoiseModel noise) {}
