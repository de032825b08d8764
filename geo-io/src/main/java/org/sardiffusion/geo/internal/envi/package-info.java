/** ENVI rasters: a flat binary file beside a text header. */
package org.sardiffusion.geo.internal.envi;
