package org.sardiffusion.evaluation;

import java.util.List;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.internal.crops.CropMeasures;
import org.sardiffusion.evaluation.internal.crops.LatticeSpectrum;
import org.sardiffusion.evaluation.internal.crops.PointResponse;
import org.sardiffusion.evaluation.texture.PatchMeasures;

/**
 * An image and what was measured on it.
 *
 * @param sample the image
 * @param amplitude its pixels, counted
 * @param patches its homogeneous patches
 * @param crops parts of it, to be told apart
 * @param lattice its spectrum, in which the lines of a lattice show
 * @param points its bright points
 */
record MeasuredImage(
    Sample sample,
    AmplitudeCounts amplitude,
    List<PatchMeasures> patches,
    List<CropMeasures> crops,
    LatticeSpectrum lattice,
    List<PointResponse> points) {}
