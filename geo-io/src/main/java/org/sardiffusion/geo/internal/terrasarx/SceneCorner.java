package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;

/**
 * A scene corner of the annotation.
 *
 * @param position the centre of its pixel in the stored image
 * @param place its latitude and longitude
 */
record SceneCorner(ImagePoint position, GeoPoint place) {}
