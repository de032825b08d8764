package org.sardiffusion.geo.files;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.internal.PixelCoding;
import org.sardiffusion.geo.internal.stac.StacAsset;
import org.sardiffusion.geo.raster.Spacing;

/**
 * How image files are stored; start from {@link #defaults()}.
 *
 * @param sampleType empty for the format's own: FLOAT32 in GeoTIFF and NPY, UINT8 in PNG
 * @param compression of GeoTIFF; the other formats have no choice
 * @param nodata the stored value of pixels without data, in GeoTIFF and PNG
 * @param spacing of the pixels in metres, to be noted in GeoTIFF and STAC where the place does not
 *     say it
 * @param created a time to note in GeoTIFF and STAC; empty, so that equal images make equal files
 * @param band the radar band that the image imitates, for STAC
 * @param derivedFrom addresses of what the image was made from, for STAC
 * @param collection the STAC collection that the image's item belongs to
 */
public record WriteOptions(
    Optional<SampleType> sampleType,
    Compression compression,
    OptionalDouble nodata,
    Optional<Spacing> spacing,
    Optional<Instant> created,
    Optional<RadarBand> band,
    List<String> derivedFrom,
    Optional<CollectionReference> collection) {

  public WriteOptions {
    derivedFrom = List.copyOf(derivedFrom);
  }

  /** The format's own sample type, Deflate, nothing else. */
  public static WriteOptions defaults() {
    return new WriteOptions(
        Optional.empty(),
        Compression.DEFLATE,
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  public WriteOptions withSampleType(SampleType type) {
    return new WriteOptions(
        Optional.of(type), compression, nodata, spacing, created, band, derivedFrom, collection);
  }

  public WriteOptions withCompression(Compression other) {
    return new WriteOptions(
        sampleType, other, nodata, spacing, created, band, derivedFrom, collection);
  }

  public WriteOptions withNodata(double value) {
    return new WriteOptions(
        sampleType,
        compression,
        OptionalDouble.of(value),
        spacing,
        created,
        band,
        derivedFrom,
        collection);
  }

  public WriteOptions withSpacing(Spacing metres) {
    return new WriteOptions(
        sampleType,
        compression,
        nodata,
        Optional.of(metres),
        created,
        band,
        derivedFrom,
        collection);
  }

  public WriteOptions withCreated(Instant time) {
    return new WriteOptions(
        sampleType, compression, nodata, spacing, Optional.of(time), band, derivedFrom, collection);
  }

  public WriteOptions withBand(RadarBand radarBand) {
    return new WriteOptions(
        sampleType,
        compression,
        nodata,
        spacing,
        created,
        Optional.of(radarBand),
        derivedFrom,
        collection);
  }

  public WriteOptions withDerivedFrom(List<String> sources) {
    return new WriteOptions(
        sampleType, compression, nodata, spacing, created, band, sources, collection);
  }

  public WriteOptions withCollection(CollectionReference reference) {
    return new WriteOptions(
        sampleType,
        compression,
        nodata,
        spacing,
        created,
        band,
        derivedFrom,
        Optional.of(reference));
  }

  /** How pixels are stored, in a format that has this type where none was chosen. */
  PixelCoding coding(SampleType usual) {
    return new PixelCoding(sampleType.orElse(usual), nodata);
  }

  StacAsset.Description description() {
    return new StacAsset.Description(created, band, derivedFrom, collection);
  }
}
