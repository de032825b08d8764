/** GeoTIFF files, written and read back through GeoTools' TIFF plug-in. */
package org.sardiffusion.geo.tiff;
