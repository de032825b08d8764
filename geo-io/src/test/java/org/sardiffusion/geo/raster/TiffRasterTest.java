package org.sardiffusion.geo.raster;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

class TiffRasterTest extends RasterContract {
  @Override
  protected Stream<Example> examples() {
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    ByteOrder big = ByteOrder.BIG_ENDIAN;
    return Stream.of(
        example(
            "uint8",
            1,
            100,
            new RasterFiles.Tiff(ElementType.UINT8, little, false, 0, false, Map.of())),
        example(
            "uint16 tiled",
            1,
            60000,
            new RasterFiles.Tiff(ElementType.UINT16, big, false, 16, false, Map.of())),
        example(
            "int16 deflated",
            1,
            30000,
            new RasterFiles.Tiff(ElementType.INT16, little, false, 0, true, Map.of())),
        example(
            "uint32",
            1,
            1 << 23,
            new RasterFiles.Tiff(ElementType.UINT32, big, true, 0, true, Map.of())),
        example(
            "float32 tiled deflated",
            1,
            1 << 20,
            new RasterFiles.Tiff(ElementType.FLOAT32, little, true, 16, true, Map.of())),
        example(
            "float64",
            1,
            1 << 20,
            new RasterFiles.Tiff(ElementType.FLOAT64, big, false, 32, true, Map.of())),
        example(
            "complex int16",
            2,
            30000,
            new RasterFiles.Tiff(ElementType.INT16, little, false, 0, false, Map.of())),
        example(
            "complex float32 tiled",
            2,
            1 << 20,
            new RasterFiles.Tiff(ElementType.FLOAT32, big, true, 16, true, Map.of())),
        example(
            "complex float64",
            2,
            1 << 20,
            new RasterFiles.Tiff(ElementType.FLOAT64, little, false, 0, false, Map.of())));
  }

  private Example example(String name, int valuesPerPixel, int maximum, RasterFiles.Tiff how) {
    Picture picture = Picture.whole(37, 23, valuesPerPixel, maximum);
    Path file = folder.resolve(name.replace(' ', '_') + ".tif");
    RasterFiles.tiff(file, picture, how);
    return new Example(name, file, picture);
  }
}
