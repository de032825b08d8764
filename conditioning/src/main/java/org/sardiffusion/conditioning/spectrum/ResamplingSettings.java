package org.sardiffusion.conditioning.spectrum;

/**
 * How images are resampled.
 *
 * @param border what lies beyond the border
 * @param carrier what becomes of the spectral centroid of a complex image
 * @param deweighting weight over the band of the <em>input</em> (edge: its Nyquist frequency),
 *     usually the {@link SpectralWindow.Inverse} of the processor's weighting
 * @param window weight over the band that is <em>kept</em> (edge: the lower of the two Nyquist
 *     frequencies), usually an {@link SpectralWindow.EdgeTaper} against ringing
 * @param resources what may be used of the machine
 */
public record ResamplingSettings(
    Border border,
    Carrier carrier,
    SpectralWindow deweighting,
    SpectralWindow window,
    Resources resources) {

  /** Mirrored borders, the carrier kept, no weighting, the standard resources. */
  public static ResamplingSettings standard() {
    return new ResamplingSettings(
        Border.mirror(),
        Carrier.KEEP,
        new SpectralWindow.Flat(),
        new SpectralWindow.Flat(),
        Resources.standard());
  }

  /** The same with other borders. */
  public ResamplingSettings with(Border other) {
    return new ResamplingSettings(other, carrier, deweighting, window, resources);
  }

  /** The same with another fate of the carrier. */
  public ResamplingSettings with(Carrier other) {
    return new ResamplingSettings(border, other, deweighting, window, resources);
  }

  /** The same with other weights over the band of the input and over the band that is kept. */
  public ResamplingSettings with(SpectralWindow otherDeweighting, SpectralWindow otherWindow) {
    return new ResamplingSettings(border, carrier, otherDeweighting, otherWindow, resources);
  }

  /** The same with other resources. */
  public ResamplingSettings with(Resources other) {
    return new ResamplingSettings(border, carrier, deweighting, window, other);
  }
}
