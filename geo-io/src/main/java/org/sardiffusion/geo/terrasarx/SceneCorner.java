package org.sardiffusion.geo.terrasarx;

/**
 * A scene corner of the annotation.
 *
 * @param position the centre of its pixel in the stored image
 * @param place its latitude and longitude
 */
record SceneCorner(ImagePoint position, GeoPoint place) {}
