/** Pixels that lie in a file one behind the other. */
package org.sardiffusion.geo.internal.flat;
