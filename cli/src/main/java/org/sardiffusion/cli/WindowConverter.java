package org.sardiffusion.cli;

import java.util.Arrays;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Window;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code X,Y,W,H}. */
final class WindowConverter implements ITypeConverter<Window> {
  @Override
  public Window convert(String text) {
    try {
      int[] sides =
          Arrays.stream(text.split(",", -1))
              .map(String::strip)
              .mapToInt(Integer::parseInt)
              .toArray();
      if (sides.length == 4) {
        return new Window(sides[0], sides[1], sides[2], sides[3]);
      }
    } catch (NumberFormatException e) {
      // Said below.
    } catch (SarDiffusionException e) {
      throw new TypeConversionException(e.getMessage());
    }
    throw new TypeConversionException(
        "'" + text + "' is not a window: write X,Y,WIDTH,HEIGHT in pixels, such as 0,0,256,256.");
  }
}
