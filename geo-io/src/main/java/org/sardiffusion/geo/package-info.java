/**
 * Radar images in files: read by rows from many formats, written with their position on Earth and
 * their provenance, and handed to GeoTools and back.
 *
 * <p>Start with {@link org.sardiffusion.geo.files.Rasters} to read, {@link
 * org.sardiffusion.geo.files.ImageFiles} to write, and {@link
 * org.sardiffusion.geo.coverage.Coverages} for GeoTools. What lies in packages named {@code
 * internal} may change at any time.
 */
package org.sardiffusion.geo;
