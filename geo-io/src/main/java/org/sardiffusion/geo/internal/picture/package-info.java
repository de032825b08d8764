/** PNG and JPEG pictures, read as radar amplitudes. */
package org.sardiffusion.geo.internal.picture;
