package org.sardiffusion.geo.internal.tiff;

/** The TIFF tags and GeoKeys that this package writes or reads, by their names in the standards. */
final class TiffTags {
  static final int NEW_SUBFILE_TYPE = 254;
  static final int IMAGE_WIDTH = 256;
  static final int IMAGE_LENGTH = 257;
  static final int BITS_PER_SAMPLE = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int FILL_ORDER = 266;
  static final int IMAGE_DESCRIPTION = 270;
  static final int STRIP_OFFSETS = 273;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int ROWS_PER_STRIP = 278;
  static final int STRIP_BYTE_COUNTS = 279;
  static final int PLANAR_CONFIGURATION = 284;
  static final int SOFTWARE = 305;
  static final int DATE_TIME = 306;
  static final int PREDICTOR = 317;
  static final int TILE_WIDTH = 322;
  static final int TILE_LENGTH = 323;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTE_COUNTS = 325;
  static final int EXTRA_SAMPLES = 338;
  static final int SAMPLE_FORMAT = 339;
  static final int MODEL_PIXEL_SCALE = 33550;
  static final int MODEL_TIEPOINT = 33922;
  static final int MODEL_TRANSFORMATION = 34264;
  static final int GEO_KEY_DIRECTORY = 34735;
  static final int GEO_ASCII_PARAMS = 34737;
  static final int GDAL_METADATA = 42112;
  static final int GDAL_NODATA = 42113;

  // GeoKeys: OGC 19-008r4, GeoTIFF 1.1, section 7.
  static final int GT_MODEL_TYPE = 1024;
  static final int GT_RASTER_TYPE = 1025;
  static final int GT_CITATION = 1026;
  static final int GEODETIC_CRS = 2048;
  static final int PROJECTED_CRS = 3072;
  static final int PROJECTED_UNITS = 3076;
  static final int MODEL_TYPE_PROJECTED = 1;
  static final int MODEL_TYPE_GEOGRAPHIC = 2;
  static final int RASTER_PIXEL_IS_AREA = 1;

  private TiffTags() {}
}
