/** Grey PNG files with their provenance in text chunks. */
package org.sardiffusion.geo.internal.png;
