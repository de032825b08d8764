package org.sardiffusion.cli;

import java.util.Arrays;
import org.sardiffusion.geo.raster.Spacing;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the options of {@code upscale} and {@code refine} are read. */
final class RefinementConverters {
  private RefinementConverters() {}

  /** Reads {@code METRES} or {@code COLUMNS,ROWS}. */
  static final class ToSpacing implements ITypeConverter<Spacing> {
    @Override
    public Spacing convert(String text) {
      try {
        double[] metres =
            Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
        if (metres.length == 1 || metres.length == 2) {
          return new Spacing(metres[0], metres[metres.length - 1]);
        }
      } catch (IllegalArgumentException e) {
        // Neither is a number, or one is not above 0: said below.
      }
      throw new TypeConversionException(
          "'" + text + "' is not a spacing: write metres above 0, such as 0.8, or COLUMNS,ROWS.");
    }
  }
}
