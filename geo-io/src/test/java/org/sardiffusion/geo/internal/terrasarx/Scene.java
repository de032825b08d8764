package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.sardiffusion.geo.raster.Picture;

/**
 * A made-up scene, and a writer of whole level 1b products of it: annotation, GEOREF, COSAR.
 *
 * <p>The flat Earth below is an exact function of time and range, so that what is read can be held
 * against it without a second reader.
 *
 * @param variant SSC or MGD
 * @param pass direction of flight
 * @param look side
 * @param rows of the image
 * @param columns of the image
 */
public record Scene(
    ProductVariant variant, PassDirection pass, LookDirection look, int rows, int columns) {
  public static final String NAME = "TSX1_SAR__SSC______SM_S_SRA_20210601T055959_20210601T060000";
  public static final double ROW_TIME = 2.5e-4;
  public static final double COLUMN_TIME = 9.1e-9;
  public static final double FIRST_RANGE_TIME = 4.2e-3;
  public static final double GROUND_SPACING = 1.25;
  public static final double SPEED = 7000;
  public static final double LIGHT = 299792458;
  public static final double FACTOR = 1.0e-5;

  private static final Instant START = Instant.parse("2021-06-01T05:59:59.750Z");
  private static final int GRID_ROWS = 5;
  private static final int GRID_COLUMNS = 6;

  public static Scene of(ProductVariant variant) {
    return new Scene(variant, PassDirection.DESCENDING, LookDirection.RIGHT, 61, 50);
  }

  /** Azimuth time of a row's centre, counted in sensor order, seconds. */
  public double time(double row) {
    return row * ROW_TIME;
  }

  /** Two-way range time of a column's centre, counted in sensor order, seconds. */
  public double rangeTime(double column) {
    if (variant == ProductVariant.SSC) {
      return FIRST_RANGE_TIME + column * COLUMN_TIME;
    }
    // The inverse of ground(), a parabola.
    double a = 2.0e13;
    double b = 2.5e8;
    double x = (-b + Math.sqrt(b * b + 4 * a * column * GROUND_SPACING)) / (2 * a);
    return FIRST_RANGE_TIME + x;
  }

  public double lastRangeTime() {
    return rangeTime(columns - 1);
  }

  public double incidence(double rangeTime) {
    return 35 + (rangeTime - FIRST_RANGE_TIME) * 2e6;
  }

  public double latitude(double time, double rangeTime) {
    double north = pass == PassDirection.ASCENDING ? 1 : -1;
    return 43.6 + north * time * SPEED / 111e3 + (rangeTime - FIRST_RANGE_TIME) * 100;
  }

  public double longitude(double time, double rangeTime) {
    boolean east = (pass == PassDirection.ASCENDING) == (look == LookDirection.RIGHT);
    double ground = (rangeTime - FIRST_RANGE_TIME) * LIGHT / 2 / 0.57;
    return 1.4 + (east ? 1 : -1) * ground / 80e3 + time * 1e-4;
  }

  /** Noise power; linear in both times between the two records, exactly as annotated. */
  public double noise(double time, double rangeTime) {
    double x = rangeTime - (FIRST_RANGE_TIME + 1e-7);
    double first = 40 + 1e7 * x;
    double second = 60 - 2e7 * x + 1e13 * x * x;
    double weight = Math.max(0, Math.min(1, (time - 0.002) / 0.010));
    return (1 - weight) * first + weight * second;
  }

  /** Writes annotation and GEOREF; the images are the caller's. */
  public Path annotate(Path folder, List<String> polarisations, String specific, String ending) {
    StringBuilder data = new StringBuilder();
    StringBuilder calibration = new StringBuilder();
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < polarisations.size(); i++) {
      String polarisation = polarisations.get(i);
      String index = "" + (i + 1);
      data.append(
          """
              <imageData layerIndex="%s">
                <polLayer>%s</polLayer>
                <file>
                  <location>
                    <host>.</host>
                    <path>IMAGEDATA</path>
                    <filename>IMAGE_%s_SRA_strip_011.%s</filename>
                  </location>
                  <size>-1</size>
                </file>
              </imageData>
          """
              .formatted(index, polarisation, polarisation, ending));
      calibration.append(
          """
              <calibrationConstant layerIndex="%s">
                <polLayer>%s</polLayer>
                <calFactor>%s</calFactor>
              </calibrationConstant>
          """
              .formatted(index, polarisation, FACTOR * (i + 1)));
      noise.append("<noise layerIndex=\"" + index + "\">\n");
      noise.append(noiseRecord(0.002, 40, 1e7, 0)).append(noiseRecord(0.012, 60, -2e7, 1e13));
      noise.append("</noise>\n");
    }
    boolean slant = variant == ProductVariant.SSC;
    String xml =
        template()
            .replace("${name}", NAME)
            .replace("${imageData}", data)
            .replace("${pass}", pass.name())
            .replace("${look}", look.name())
            .replace("${variant}", variant.name())
            .replace("${rows}", "" + rows)
            .replace("${columns}", "" + columns)
            .replace("${units}", slant ? "s" : "m")
            .replace("${rowSpacing}", "" + (slant ? COLUMN_TIME : GROUND_SPACING))
            .replace("${columnSpacing}", "" + (slant ? ROW_TIME : ROW_TIME * SPEED))
            .replace("${stop}", START.plusNanos(Math.round(time(rows - 1) * 1e9)).toString())
            .replace("${firstRangeTime}", "" + FIRST_RANGE_TIME)
            .replace("${lastRangeTime}", "" + lastRangeTime())
            .replace("${corners}", corners())
            .replace("${specific}", specific)
            .replace("${calibration}", calibration)
            .replace("${noise}", noise);
    try {
      Files.createDirectories(folder.resolve("IMAGEDATA"));
      Files.createDirectories(folder.resolve("ANNOTATION"));
      Files.writeString(folder.resolve("ANNOTATION/GEOREF.xml"), georef());
      return Files.writeString(folder.resolve(NAME + ".xml"), xml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path image(Path folder, String polarisation, String ending) {
    return folder.resolve("IMAGEDATA/IMAGE_" + polarisation + "_SRA_strip_011." + ending);
  }

  /** What an SSC annotation says about itself. */
  public static String complexInfo(String startWith) {
    return """
        <complexImageInfo beamID="strip_011">
          <projectedSpacingAzimuth>1.75</projectedSpacingAzimuth>
          <projectedSpacingRange>
            <groundNear>2.4</groundNear>
            <slantRange>1.364</slantRange>
          </projectedSpacingRange>
          <imageDataStartWith>%s</imageDataStartWith>
        </complexImageInfo>
        """
        .formatted(startWith);
  }

  /** What an MGD annotation says about itself. */
  public static String projectedInfo() {
    return """
        <projectedImageInfo>
          <slantToGroundRangeProjection>
            <validityRangeMin>0</validityRangeMin>
            <validityRangeMax>1</validityRangeMax>
            <referencePoint>%s</referencePoint>
            <polynomialDegree>2</polynomialDegree>
            <coefficient exponent="0">17.5</coefficient>
            <coefficient exponent="1">2.5E+08</coefficient>
            <coefficient exponent="2">2.0E+13</coefficient>
          </slantToGroundRangeProjection>
        </projectedImageInfo>
        """
        .formatted(FIRST_RANGE_TIME);
  }

  private static String noiseRecord(double time, double c0, double c1, double c2) {
    return """
        <imageNoise>
          <timeUTC>%s</timeUTC>
          <noiseEstimate>
            <validityRangeMin>0</validityRangeMin>
            <validityRangeMax>1</validityRangeMax>
            <referencePoint>%s</referencePoint>
            <polynomialDegree>2</polynomialDegree>
            <coefficient exponent="0">%s</coefficient>
            <coefficient exponent="1">%s</coefficient>
            <coefficient exponent="2">%s</coefficient>
          </noiseEstimate>
        </imageNoise>
        """
        .formatted(START.plusNanos(Math.round(time * 1e9)), FIRST_RANGE_TIME + 1e-7, c0, c1, c2);
  }

  private String corners() {
    StringBuilder corners = new StringBuilder();
    for (int row : new int[] {1, rows}) {
      for (int column : new int[] {1, columns}) {
        double time = time(row - 1);
        double range = rangeTime(column - 1);
        corners.append(
            """
                <sceneCornerCoord>
                  <refRow>%d</refRow>
                  <refColumn>%d</refColumn>
                  <lat>%s</lat>
                  <lon>%s</lon>
                </sceneCornerCoord>
            """
                .formatted(row, column, latitude(time, range), longitude(time, range)));
      }
    }
    return corners.toString();
  }

  private String georef() {
    StringBuilder xml = new StringBuilder("<geoReference>\n<geolocationGrid>\n");
    xml.append("<gridReferenceTime>\n<tReferenceTimeUTC>2021-06-01T05:59:59.751000Z");
    xml.append("</tReferenceTimeUTC>\n<tauReferenceTime>").append(FIRST_RANGE_TIME - 1e-8);
    xml.append("</tauReferenceTime>\n</gridReferenceTime>\n");
    // A little more than the image, as real ones are; times count from a reference of their own.
    double timeStep = (time(rows - 1) + 0.002) / (GRID_ROWS - 1);
    double rangeStep = (lastRangeTime() - FIRST_RANGE_TIME + 4e-8) / (GRID_COLUMNS - 1);
    for (int i = 0; i < GRID_ROWS; i++) {
      for (int j = 0; j < GRID_COLUMNS; j++) {
        double time = i * timeStep - 0.001;
        double range = FIRST_RANGE_TIME - 2e-8 + j * rangeStep;
        xml.append(
            String.format(
                Locale.ROOT,
                "<gridPoint iaz=\"%d\" irg=\"%d\"><t>%s</t><tau>%s</tau><lat>%s</lat><lon>%s</lon>"
                    + "<row>9999</row><col>9999</col><inc>%s</inc><elev>1</elev>"
                    + "<height>%d</height></gridPoint>%n",
                i + 1,
                j + 1,
                time - 0.001,
                range - (FIRST_RANGE_TIME - 1e-8),
                latitude(time, range),
                longitude(time, range),
                incidence(range),
                100 + i));
      }
    }
    return xml + "</geolocationGrid>\n</geoReference>\n";
  }

  /**
   * A COSAR file of one burst.
   *
   * @param bits of one sample: int16 values or half floats
   * @param valid first and last valid sample of each line, from 1
   */
  public static byte[] cosar(int version, int rows, int columns, short[] bits, int[] valid) {
    int line = 4 * (columns + 2);
    ByteBuffer file = ByteBuffer.allocate(line * (rows + 4));
    for (int i = 0; i < file.capacity() / 4; i++) {
      file.putInt(0x7F7F7F7F);
    }
    file.putInt(0, file.capacity()).putInt(4, 0).putInt(8, columns).putInt(12, rows);
    file.putInt(16, 1).putInt(20, line).putInt(24, rows + 4);
    file.position(28).put("CSAR".getBytes(StandardCharsets.US_ASCII));
    file.putInt(32, version).putInt(36, 1).putDouble(40, 1);
    for (int i = 0; i < columns; i++) {
      file.putInt(line + 8 + 4 * i, 1);
      file.putInt(2 * line + 8 + 4 * i, 1);
      file.putInt(3 * line + 8 + 4 * i, rows);
    }
    for (int row = 0; row < rows; row++) {
      file.position((row + 4) * line);
      file.putInt(valid[2 * row]).putInt(valid[2 * row + 1]);
      for (int i = 0; i < 2 * columns; i++) {
        file.putShort(bits[row * 2 * columns + i]);
      }
    }
    return file.array();
  }

  /** A whole SSC product of whole numbers, every sample valid; returns its annotation. */
  public Path writeComplex(Path folder, Picture picture, String startWith) {
    Path annotation = annotate(folder, List.of("HH"), complexInfo(startWith), "cos");
    short[] bits = new short[picture.values().length];
    int[] valid = new int[2 * rows];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) picture.values()[i];
    }
    for (int i = 0; i < rows; i++) {
      valid[2 * i] = 1;
      valid[2 * i + 1] = columns;
    }
    try {
      Files.write(image(folder, "HH", "cos"), cosar(1, rows, columns, bits, valid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return annotation;
  }

  private static String template() {
    try (var stream = Scene.class.getResourceAsStream("/terrasarx/annotation.xml")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
