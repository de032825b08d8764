/**
 * In which order the tiles of a layout are worked through, which of them a window needs, and how
 * what they predict is summed: integer geometry that knows no model.
 *
 * <p>Positions are latent pixels of the whole, whichever part of it is made or held. An image is a
 * whole of one tile.
 */
package org.sardiffusion.runtime.internal.tiling;
