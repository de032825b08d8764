package org.sardiffusion.pipelines.internal.map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.operation.valid.IsValidOp;
import org.locationtech.jts.operation.valid.TopologyValidationError;
import org.sardiffusion.geo.place.Crs;

/**
 * The polygons of a GeoJSON file, read feature by feature.
 *
 * @param file where they come from
 * @param crs what the {@code crs} member names, if there is one
 * @param regions at least one
 */
record GeoJson(Path file, Optional<Crs> crs, List<Region> regions) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final GeometryFactory GEOMETRY = new GeometryFactory();

  /** Such as {@code EPSG:32631} and {@code urn:ogc:def:crs:EPSG::32631}. */
  private static final Pattern EPSG = Pattern.compile("EPSG:[^:]*:?(\\d{4,6})$");

  private static final String PROMPT = "prompt";
  private static final String WANTED =
      "a GeoJSON FeatureCollection of polygons with a property \"prompt\"";
  private static final int FEWEST_POINTS = 3;

  /**
   * One feature.
   *
   * @param where file and line, for messages
   * @param prompt its property
   * @param polygons of each, the rings: x and y in turn, the outer ring first
   */
  record Region(String where, String prompt, List<List<double[]>> polygons) {}

  /**
   * Reads a file.
   *
   * @throws PromptMapException if it isn't such a file; the message names the line
   */
  static GeoJson read(Path file) {
    MapFile.of(file, WANTED);
    try (JsonParser parser = MAPPER.createParser(file.toFile())) {
      return read(file, parser);
    } catch (JsonProcessingException e) {
      throw PromptMapException.at(
          file, e.getLocation().getLineNr(), "it is not JSON: " + e.getOriginalMessage() + ".");
    } catch (IOException e) {
      throw MapFile.unreadable(file, e);
    }
  }

  private static GeoJson read(Path file, JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw PromptMapException.at(file, line(parser), "it is not " + WANTED + ".");
    }
    List<Region> regions = new ArrayList<>();
    Map<String, JsonNode> members = new LinkedHashMap<>();
    int rootLine = line(parser);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("features")) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          int line = line(parser);
          region(file, line, MAPPER.readTree(parser)).ifPresent(regions::add);
        }
      } else {
        members.put(name, MAPPER.readTree(parser));
      }
    }
    JsonNode type = members.getOrDefault("type", MAPPER.missingNode());
    if (type.asText().equals("Feature")) {
      region(file, rootLine, MAPPER.valueToTree(members)).ifPresent(regions::add);
    } else if (!type.asText().equals("FeatureCollection")) {
      throw PromptMapException.at(
          file, rootLine, "its type is " + type + ", but it should be " + WANTED + ".");
    }
    if (regions.isEmpty()) {
      throw new PromptMapException(file + " has no features: it should be " + WANTED + ".");
    }
    return new GeoJson(file, crs(file, members), regions);
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private static Optional<Crs> crs(Path file, Map<String, JsonNode> members) {
    JsonNode crs = members.getOrDefault("crs", MAPPER.missingNode());
    if (crs.isMissingNode() || crs.isNull()) {
      return Optional.empty();
    }
    JsonNode name = crs.path("properties").path("name");
    if (!name.isTextual()) {
      throw new PromptMapException(file + ": its \"crs\" names no coordinate system: " + crs + ".");
    }
    if (name.asText().endsWith("CRS84")) {
      return Optional.of(Crs.WGS84);
    }
    Matcher code = EPSG.matcher(name.asText());
    if (!code.find()) {
      throw new PromptMapException(
          file
              + " is in the coordinate system "
              + name
              + ", which has no EPSG code: convert it with ogr2ogr -t_srs EPSG:4326.");
    }
    return Optional.of(Crs.of("EPSG:" + code.group(1)));
  }

  /** A feature may have no place (RFC 7946, section 3.2): it is no region then. */
  private static Optional<Region> region(Path file, int line, JsonNode feature) {
    JsonNode geometry = feature.path("geometry");
    if (!feature.path("type").asText().equals("Feature")) {
      throw PromptMapException.at(file, line, "a GeoJSON Feature should begin here.");
    }
    if (geometry.isNull()) {
      return Optional.empty();
    }
    JsonNode prompt = feature.path("properties").path(PROMPT);
    if (!prompt.isTextual() || prompt.asText().isBlank()) {
      throw PromptMapException.at(
          file,
          line,
          "the feature that begins here has no prompt: give it a property \"prompt\", a text.");
    }
    List<List<double[]>> polygons = new ArrayList<>();
    try {
      collect(geometry, polygons);
    } catch (PromptMapException e) {
      throw PromptMapException.at(
          file,
          line,
          "the feature \"" + prompt.asText() + "\" that begins here: " + e.getMessage());
    }
    return Optional.of(new Region(file + ", line " + line, prompt.asText(), polygons));
  }

  private static void collect(JsonNode geometry, List<List<double[]>> polygons) {
    JsonNode coordinates = geometry.path("coordinates");
    switch (geometry.path("type").asText()) {
      case "Polygon" -> polygons.add(rings(coordinates));
      case "MultiPolygon" -> coordinates.forEach(p -> polygons.add(rings(p)));
      case "GeometryCollection" -> geometry.path("geometries").forEach(g -> collect(g, polygons));
      default ->
          throw new PromptMapException(
              "a region is a Polygon or a MultiPolygon, not "
                  + geometry.path("type")
                  + ". Turn points and lines into areas first, with a buffer around them.");
    }
  }

  private static List<double[]> rings(JsonNode polygon) {
    List<double[]> rings = new ArrayList<>();
    if (!polygon.isArray()) {
      throw new PromptMapException("its coordinates should be an array of rings.");
    }
    polygon.forEach(ring -> rings.add(ring(ring)));
    return rings;
  }

  private static double[] ring(JsonNode ring) {
    if (!ring.isArray() || ring.size() < FEWEST_POINTS) {
      throw new PromptMapException(
          "a ring has at least " + FEWEST_POINTS + " points, not " + ring.size() + ".");
    }
    double[] points = new double[2 * ring.size()];
    for (int i = 0; i < ring.size(); i++) {
      JsonNode point = ring.get(i);
      for (int axis = 0; axis < 2; axis++) {
        double value = point.path(axis).asDouble(Double.NaN);
        if (!point.path(axis).isNumber() || !Double.isFinite(value)) {
          throw new PromptMapException(
              "point " + (i + 1) + " of a ring is " + point + ", not [x, y].");
        }
        points[2 * i + axis] = value;
      }
    }
    return points;
  }

  /** What is wrong with a polygon by the rules of OGC Simple Features, if anything is. */
  static Optional<String> defect(List<double[]> polygon) {
    if (polygon.isEmpty()) {
      return Optional.of("a polygon without rings");
    }
    List<LinearRing> rings = polygon.stream().map(GeoJson::closed).toList();
    TopologyValidationError error =
        new IsValidOp(
                GEOMETRY.createPolygon(
                    rings.get(0), rings.subList(1, rings.size()).toArray(new LinearRing[0])))
            .getValidationError();
    return Optional.ofNullable(error)
        .map(
            e ->
                "polygon with a defect: %s at %s, %s"
                    .formatted(e.getMessage(), e.getCoordinate().getX(), e.getCoordinate().getY()));
  }

  private static LinearRing closed(double[] ring) {
    return GEOMETRY.createLinearRing(coordinates(ring));
  }

  /** The points of a ring, the first again at the end. */
  static Coordinate[] coordinates(double[] ring) {
    int points = ring.length / 2;
    boolean open = ring[0] != ring[2 * points - 2] || ring[1] != ring[2 * points - 1];
    Coordinate[] coordinates = new Coordinate[open || points < 4 ? points + 1 : points];
    for (int i = 0; i < coordinates.length; i++) {
      int from = 2 * (i % points);
      coordinates[i] = new Coordinate(ring[from], ring[from + 1]);
    }
    return coordinates;
  }
}
