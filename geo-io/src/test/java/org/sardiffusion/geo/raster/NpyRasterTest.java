package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;

class NpyRasterTest extends RasterContract {
  @Override
  protected Stream<Example> examples() {
    return Stream.of(
        example("<f4", ElementType.FLOAT32, 1, "(7, 5)"),
        example(">f4", ElementType.FLOAT32, 1, "(7, 5)"),
        example("<f8", ElementType.FLOAT64, 1, "(1, 7, 5)"),
        example(">f8", ElementType.FLOAT64, 1, "(1, 1, 7, 5)"),
        example("|u1", ElementType.UINT8, 1, "(7, 5)"),
        example("|i1", ElementType.INT8, 1, "(7, 5)"),
        example("<u2", ElementType.UINT16, 1, "(7, 5)"),
        example(">u2", ElementType.UINT16, 1, "(7, 5)"),
        example("<i2", ElementType.INT16, 1, "(7, 5)"),
        example(">i4", ElementType.INT32, 1, "(7, 5)"),
        example("<u4", ElementType.UINT32, 1, "(7, 5)"),
        example("<c8", ElementType.FLOAT32, 2, "(7, 5)"),
        example(">c8", ElementType.FLOAT32, 2, "(1, 7, 5)"),
        example("<c16", ElementType.FLOAT64, 2, "(7, 5)"),
        example(">c16", ElementType.FLOAT64, 2, "(7, 5)"));
  }

  private Example example(String descr, ElementType type, int valuesPerPixel, String shape) {
    Picture picture = Picture.whole(5, 7, valuesPerPixel, 100);
    ByteOrder order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    Path file =
        folder.resolve(descr.replaceAll("\\W", order == ByteOrder.BIG_ENDIAN ? "b" : "l") + ".npy");
    RasterFiles.npy(file, descr, shape, RasterFiles.bytes(picture.values(), type, order));
    return new Example(descr + " " + shape, file, picture);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(35,)    | is not that of an image",
        "(2, 7, 5) | bytes where its shape",
        "(7, 6)   | bytes where its shape",
        "(0, 5)   | bytes where its shape",
        "(99999999999, 5) | is not readable",
        "(2000000000, 2000000000, 2000000000) | more than any file can hold",
      })
  void refusesOtherShapes(String shape, String reason) {
    Path file = folder.resolve("x.npy");
    RasterFiles.npy(file, "<f4", shape, new byte[35 * 4]);
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(file)).getMessage();
    assertTrue(message.contains(reason), message);
  }
}
