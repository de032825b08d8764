package org.sardiffusion.geo.raster;

/** The place of an image is not known. */
public record NoGeoreference() implements Georeference {}
