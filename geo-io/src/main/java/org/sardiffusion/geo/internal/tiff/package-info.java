/** GeoTIFF files: written from rows, and read by rows, whoever wrote them. */
package org.sardiffusion.geo.internal.tiff;
