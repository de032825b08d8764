/** Image files with their position on Earth and their provenance: GeoTIFF, PNG, NPY, STAC. */
package org.sardiffusion.geo;
