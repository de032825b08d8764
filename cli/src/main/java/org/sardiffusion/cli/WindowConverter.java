package org.sardiffusion.cli;

import java.util.Arrays;
import org.sardiffusion.runtime.SarDiffusionException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads {@code X,Y,W,H}.
 *
 * @param <W> what a window is to the command
 */
abstract class WindowConverter<W> implements ITypeConverter<W> {
  /**
   * @throws SarDiffusionException if there can be no such window
   */
  abstract W window(int x, int y, int width, int height);

  @Override
  public final W convert(String text) {
    try {
      int[] sides =
          Arrays.stream(text.split(",", -1))
              .map(String::strip)
              .mapToInt(Integer::parseInt)
              .toArray();
      if (sides.length == 4) {
        return window(sides[0], sides[1], sides[2], sides[3]);
      }
    } catch (NumberFormatException e) {
      // Said below.
    } catch (SarDiffusionException e) {
      throw new TypeConversionException(e.getMessage());
    }
    throw new TypeConversionException(
        "'" + text + "' is no window: write X,Y,WIDTH,HEIGHT in pixels, such as 0,0,256,256.");
  }
}
