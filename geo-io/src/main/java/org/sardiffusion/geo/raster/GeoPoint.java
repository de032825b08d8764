package org.sardiffusion.geo.raster;

/**
 * A place on WGS 84.
 *
 * @param longitude degrees, -180 to 180
 * @param latitude degrees
 * @param height above the ellipsoid, metres
 */
public record GeoPoint(double longitude, double latitude, double height) {}
