package org.sardiffusion.conditioning.control;

import java.util.Map;

/**
 * The colours of the labels of a segmentation map: a model understands those it was trained with.
 *
 * @param colours the colour of every label
 */
public record SegmentationPalette(Map<Integer, Rgb> colours) {
  /** The map is copied. */
  public SegmentationPalette {
    colours = Map.copyOf(colours);
  }

  /**
   * Colours a map of labels.
   *
   * @param labels row by row
   * @param width columns
   * @return [3,H,W] in [0,1]
   * @throws UnknownLabelException if a label has no colour
   * @throws IllegalArgumentException if the labels do not fill whole rows
   */
  public ControlImage colour(int[] labels, int width) {
    if (width < 1 || labels.length == 0 || labels.length % width != 0) {
      throw new IllegalArgumentException(
          labels.length + " labels do not fill rows of " + width + " pixels");
    }
    float[] samples = new float[3 * labels.length];
    for (int i = 0; i < labels.length; i++) {
      Rgb colour = colours.get(labels[i]);
      if (colour == null) {
        throw new UnknownLabelException(labels[i], i % width, i / width, colours.keySet());
      }
      samples[i] = colour.red() / 255f;
      samples[labels.length + i] = colour.green() / 255f;
      samples[2 * labels.length + i] = colour.blue() / 255f;
    }
    return new ControlImage(3, labels.length / width, width, samples);
  }
}
