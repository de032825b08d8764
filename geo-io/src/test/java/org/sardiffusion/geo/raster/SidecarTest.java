package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.SidecarException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.place.Crs;

class SidecarTest {
  @TempDir Path folder;

  @Test
  void fiveLinesDescribeASimulatorImage() throws IOException {
    try (Raster raster =
        described(
            "spacing: {range: 0.80, azimuth: 0.75}",
            "geometry: slant",
            "polarisation: vv",
            "incidence: 45",
            "corners: {upper-left: [1.44, 43.61], upper-right: [1.46, 43.61], lower-right: [1.46,"
                + " 43.59], lower-left: [1.44, 43.59]}")) {
      RasterMetadata metadata = raster.metadata();
      assertEquals(Optional.of(new Spacing(0.80, 0.75)), metadata.spacing());
      assertEquals(
          new Acquisition(
              Optional.of(ImageGeometry.SLANT),
              Optional.of(Polarisation.VV),
              OptionalDouble.of(45)),
          metadata.acquisition());
      assertEquals(
          new ControlPoints(
              List.of(
                  new ControlPoint(0, 0, 1.44, 43.61, 0),
                  new ControlPoint(3, 0, 1.46, 43.61, 0),
                  new ControlPoint(3, 2, 1.46, 43.59, 0),
                  new ControlPoint(0, 2, 1.44, 43.59, 0)),
              Optional.of(Crs.WGS84)),
          metadata.georeference());
      float[] values = new float[6];
      raster.readRows(0, 2, values);
      assertArrayEquals(new float[] {0, 1, 4, 9, 16, 25}, values);
    }
  }

  @Test
  void turnsIntensitiesIntoAmplitudes() throws IOException {
    try (Raster raster = described("quantity: intensity", "spacing: 0.8", "nodata: 9")) {
      float[] values = new float[6];
      raster.readRows(0, 2, values);
      assertArrayEquals(new float[] {0, 1, 2, Float.NaN, 4, 5}, values);
      assertEquals(Optional.of(Spacing.square(0.8)), raster.metadata().spacing());
      assertTrue(raster.toString().startsWith("3x2 sim.npy (NPY, float32 intensity, 0.8 m)"));
    }
  }

  @Test
  void turnsDecibelsIntoAmplitudes() throws IOException {
    try (Raster raster = described("quantity: decibel")) {
      float[] values = new float[6];
      raster.readRows(0, 2, values);
      // Ten to the power of a twentieth, by hand.
      float[] expected = {1, 1.1220185f, 1.5848932f, 2.8183829f, 6.3095734f, 17.782794f};
      assertArrayEquals(expected, values, 1e-5f);
    }
  }

  @Test
  void turnsTheAxesAround() throws IOException {
    try (Raster raster = described("range-axis: rows", "spacing: {range: 2, azimuth: 3}")) {
      assertEquals(Optional.of(new Spacing(3, 2)), raster.metadata().spacing());
    }
  }

  @Test
  void overrulesWhatTheFileSays() throws IOException {
    Path image = folder.resolve("a.tif");
    RasterFiles.tiff(
        image,
        Picture.whole(3, 2, 1, 9),
        new RasterFiles.Tiff(
            ElementType.UINT8,
            ByteOrder.LITTLE_ENDIAN,
            false,
            0,
            false,
            java.util.Map.of(
                33550, new double[] {5, 5, 0}, 33922, new double[] {0, 0, 0, 100, 200, 0})));
    try (Raster raster = Rasters.open(image)) {
      assertEquals(Optional.of(Spacing.square(5)), raster.metadata().spacing());
    }
    Files.writeString(folder.resolve("a.yaml"), "spacing: 0.4\n");
    try (Raster raster = Rasters.open(image)) {
      assertEquals(Optional.of(Spacing.square(0.4)), raster.metadata().spacing());
      assertFalse(raster.metadata().georeference() instanceof NoGeoreference);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spacng: 0.8 | did you mean 'spacing'?",
        "polarization: VV | did you mean 'polarisation'?",
        "spacing: {rnge: 1, azimuth: 1} | did you mean 'spacing.range'?",
        "spacing: {range: 1} | 'spacing.azimuth' is missing",
        "spacing: -1 | metres above 0",
        "spacing: .nan | metres above 0",
        "spacing: near | is not a number",
        "geometry: flat | can be slant, ground",
        "polarisation: XX | can be HH, HV, VH, VV",
        "quantity: power | can be amplitude, intensity, decibel",
        "incidence: 95 | between 0 and 90",
        "corners: [1, 2] | needs all of upper-left",
        "corners: {upper-left: [1, 91], upper-right: [1, 2], lower-right: [1, 2], lower-left: [1, 2]} | longitude first",
        "zebra: 1 | Known keys are spacing, geometry",
        "a: [b | not valid YAML",
        "'spacing: 1\nspacing: 2' | not valid YAML",
        "just words | lines such as",
        "!!javax.script.ScriptEngineManager [] | not valid YAML",
        "[[[[[[[[[[[[[[]]]]]]]]]]]]]] | not valid YAML",
      })
  void refusesWhatItDoesNotUnderstand(String line, String reason) {
    String message =
        assertThrows(SidecarException.class, () -> described(line).close()).getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("sim.yaml"), message);
  }

  @Test
  void refusesIntensitiesThatAreComplex() throws IOException {
    RasterFiles.npy(folder.resolve("c.npy"), "<c8", "(1, 1)", new byte[8]);
    Files.writeString(folder.resolve("c.yaml"), "quantity: intensity");
    String message =
        assertThrows(SidecarException.class, () -> Rasters.open(folder.resolve("c.npy")))
            .getMessage();
    assertTrue(message.contains("the image is complex"), message);
  }

  private Raster described(String... lines) throws IOException {
    Path image = folder.resolve("sim.npy");
    float[] values = {0, 1, 4, 9, 16, 25};
    RasterFiles.npy(
        image,
        "<f4",
        "(2, 3)",
        RasterFiles.bytes(values, ElementType.FLOAT32, ByteOrder.LITTLE_ENDIAN));
    Files.writeString(folder.resolve("sim.yaml"), String.join("\n", lines) + "\n");
    return Rasters.open(image);
  }
}
