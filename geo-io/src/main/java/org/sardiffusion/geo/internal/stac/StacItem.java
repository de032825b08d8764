package org.sardiffusion.geo.internal.stac;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Polygon;
import org.sardiffusion.geo.SampleType;

/**
 * The STAC 1.1 item of a GeoTIFF, as JSON.
 *
 * <p>Sources: radiantearth/stac-spec 1.1.0, {@code item-spec}; the extensions file 2.1.0,
 * processing 1.2.0, projection 2.0.0, raster 2.0.0 and sar 1.3.2 of stac-extensions. None of them
 * has a flag for synthetic data, so that one is ours: {@code sardiffusion:synthetic}.
 */
public final class StacItem {
  private static final String EXTENSIONS = "https://stac-extensions.github.io/";

  /** STAC asks for a time; an image that pictures no moment gets all of them. */
  private static final String EARLIEST = "1970-01-01T00:00:00Z";

  private static final String LATEST = "9999-12-31T23:59:59Z";

  /** Multihash code and length of a SHA-256, which the file extension puts before the digest. */
  private static final String MULTIHASH_SHA256 = "1220";

  private final StacAsset asset;
  private final Optional<Footprint> footprint;
  private final JsonGenerator json;

  private StacItem(StacAsset asset, JsonGenerator json) {
    this.asset = asset;
    this.json = json;
    this.footprint = asset.place().outline().map(Footprint::of);
  }

  /**
   * Describes an image. Equal images give equal text.
   *
   * @throws org.sardiffusion.geo.place.PlacementException if the image reaches outside the area of
   *     its projection
   */
  public static String of(StacAsset asset) {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try (JsonGenerator json = new JsonFactory().createGenerator(text).setPrettyPrinter(printer)) {
      new StacItem(asset, json).write();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to a string cannot fail", e);
    }
    return text.append('\n').toString();
  }

  private void write() throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "Feature");
    json.writeStringField("stac_version", "1.1.0");
    extensions();
    json.writeStringField("id", asset.name().replaceFirst("\\.[^.]*$", ""));
    if (asset.description().collection().isPresent()) {
      json.writeStringField("collection", asset.description().collection().get().id());
    }
    geometry();
    properties();
    links();
    assets();
    json.writeEndObject();
  }

  private void extensions() throws IOException {
    json.writeArrayFieldStart("stac_extensions");
    json.writeString(EXTENSIONS + "file/v2.1.0/schema.json");
    json.writeString(EXTENSIONS + "processing/v1.2.0/schema.json");
    json.writeString(EXTENSIONS + "projection/v2.0.0/schema.json");
    json.writeString(EXTENSIONS + "raster/v2.0.0/schema.json");
    if (asset.description().band().isPresent()) {
      json.writeString(EXTENSIONS + "sar/v1.3.2/schema.json");
    }
    json.writeEndArray();
  }

  private void geometry() throws IOException {
    if (footprint.isEmpty()) {
      json.writeNullField("geometry");
      return;
    }
    Footprint outline = footprint.get();
    boolean one = outline.polygons().size() == 1;
    json.writeObjectFieldStart("geometry");
    json.writeStringField("type", one ? "Polygon" : "MultiPolygon");
    json.writeArrayFieldStart("coordinates");
    for (Polygon polygon : outline.polygons()) {
      if (!one) {
        json.writeStartArray();
      }
      ring(polygon.getExteriorRing().getCoordinates());
      if (!one) {
        json.writeEndArray();
      }
    }
    json.writeEndArray();
    json.writeEndObject();
    numbers("bbox", outline.west(), outline.south(), outline.east(), outline.north());
  }

  private void ring(Coordinate[] corners) throws IOException {
    json.writeStartArray();
    for (Coordinate corner : corners) {
      json.writeStartArray();
      json.writeNumber(corner.x);
      json.writeNumber(corner.y);
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void properties() throws IOException {
    Map<String, String> items = asset.provenance().items();
    json.writeObjectFieldStart("properties");
    times();
    json.writeStringField("description", "Synthetic radar image, not a measurement.");
    if (asset.place().gsd().isPresent()) {
      json.writeNumberField("gsd", asset.place().gsd().getAsDouble());
    }
    if (asset.description().band().isPresent()) {
      json.writeStringField("sar:frequency_band", asset.description().band().get().stacName());
    }
    projection();
    processing(items);
    for (Map.Entry<String, String> item : items.entrySet()) {
      String name = "sardiffusion:" + item.getKey().toLowerCase(Locale.ROOT);
      if (item.getKey().equals("SYNTHETIC")) {
        json.writeBooleanField(name, true);
      } else if (item.getKey().equals("SEED")) {
        json.writeNumberField(name, asset.provenance().seed());
      } else {
        json.writeStringField(name, item.getValue());
      }
    }
    json.writeEndObject();
  }

  private void times() throws IOException {
    Optional<Instant> created = asset.description().created();
    if (created.isPresent()) {
      String time = created.get().truncatedTo(ChronoUnit.SECONDS).toString();
      json.writeStringField("datetime", time);
      json.writeStringField("created", time);
    } else {
      json.writeNullField("datetime");
      json.writeStringField("start_datetime", EARLIEST);
      json.writeStringField("end_datetime", LATEST);
    }
  }

  private void projection() throws IOException {
    if (asset.place().code().isPresent()) {
      json.writeStringField("proj:code", asset.place().code().get());
    }
    if (asset.place().transform().isPresent()) {
      numbers("proj:transform", asset.place().transform().get());
    }
    json.writeArrayFieldStart("proj:shape");
    json.writeNumber(asset.pixels().height());
    json.writeNumber(asset.pixels().width());
    json.writeEndArray();
  }

  private void processing(Map<String, String> items) throws IOException {
    String software = items.get("SOFTWARE");
    int space = software.lastIndexOf(' ');
    json.writeObjectFieldStart("processing:software");
    json.writeStringField(
        space > 0 ? software.substring(0, space) : software,
        space > 0 ? software.substring(space + 1) : "");
    json.writeEndObject();
    json.writeStringField(
        "processing:lineage",
        "Generated by the diffusion model "
            + items.get("MODEL")
            + (asset.description().derivedFrom().isEmpty()
                ? "; no radar observed it."
                : " from the image that it is derived from; no radar observed its detail."));
  }

  private void links() throws IOException {
    json.writeArrayFieldStart("links");
    if (asset.description().collection().isPresent()) {
      // Without a catalog above it, the collection is the root.
      for (String relation : List.of("root", "parent", "collection")) {
        json.writeStartObject();
        json.writeStringField("rel", relation);
        json.writeStringField("href", asset.description().collection().get().address());
        json.writeStringField("type", "application/json");
        json.writeEndObject();
      }
    }
    for (String source : asset.description().derivedFrom()) {
      json.writeStartObject();
      json.writeStringField("rel", "derived_from");
      json.writeStringField("href", source);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void assets() throws IOException {
    json.writeObjectFieldStart("assets");
    json.writeObjectFieldStart("image");
    json.writeStringField("href", "./" + asset.name());
    json.writeStringField("type", "image/tiff; application=geotiff");
    json.writeStringField("title", "Synthetic SAR amplitude");
    json.writeArrayFieldStart("roles");
    json.writeString("data");
    json.writeEndArray();
    json.writeNumberField("file:size", asset.size());
    json.writeStringField(
        "file:checksum", MULTIHASH_SHA256 + HexFormat.of().formatHex(asset.sha256()));
    json.writeArrayFieldStart("bands");
    band();
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
  }

  private void band() throws IOException {
    SampleType type = asset.pixels().coding().type();
    json.writeStartObject();
    json.writeStringField("name", "amplitude");
    json.writeStringField("data_type", type.name().toLowerCase(Locale.ROOT));
    if (asset.pixels().coding().nodata().isPresent()) {
      nodata(asset.pixels().coding().nodata().getAsDouble());
    }
    double pixels = (double) asset.pixels().width() * asset.pixels().height();
    Statistics statistics = asset.pixels().statistics();
    if (statistics.count() > 0) {
      json.writeObjectFieldStart("statistics");
      json.writeNumberField("minimum", statistics.minimum());
      json.writeNumberField("maximum", statistics.maximum());
      json.writeNumberField("mean", statistics.mean());
      json.writeNumberField("stddev", statistics.deviation());
      json.writeNumberField("count", statistics.count());
      json.writeNumberField("valid_percent", 100.0 * statistics.count() / pixels);
      json.writeEndObject();
    }
    json.writeStringField("raster:sampling", "area");
    if (type.isInteger()) {
      json.writeNumberField("raster:scale", type.scale());
      json.writeNumberField("raster:offset", 0);
    }
    json.writeEndObject();
  }

  private void nodata(double value) throws IOException {
    if (Double.isNaN(value)) {
      json.writeStringField("nodata", "nan");
    } else {
      json.writeNumberField("nodata", value);
    }
  }

  private void numbers(String name, double... values) throws IOException {
    json.writeArrayFieldStart(name);
    for (double value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }
}
