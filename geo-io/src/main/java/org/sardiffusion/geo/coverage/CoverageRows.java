package org.sardiffusion.geo.coverage;

import java.awt.Rectangle;
import java.awt.image.RenderedImage;
import org.sardiffusion.core.raster.AmplitudeSource;

/**
 * Rows of an image of one band.
 *
 * @param image the pixels
 * @param nodata the value of pixels without data; NaN if there is none
 */
record CoverageRows(RenderedImage image, double nodata) implements AmplitudeSource {
  @Override
  public int width() {
    return image.getWidth();
  }

  @Override
  public int height() {
    return image.getHeight();
  }

  @Override
  public void readRows(int firstRow, int rows, float[] into) {
    Rectangle area =
        new Rectangle(image.getMinX(), image.getMinY() + firstRow, image.getWidth(), rows);
    image.getData(area).getSamples(area.x, area.y, area.width, area.height, 0, into);
    float none = (float) nodata;
    for (int i = 0; i < rows * image.getWidth(); i++) {
      // NaN equals nothing, so without a nodata value none is taken for it.
      into[i] = into[i] == none || Float.isInfinite(into[i]) ? Float.NaN : into[i];
    }
  }
}
