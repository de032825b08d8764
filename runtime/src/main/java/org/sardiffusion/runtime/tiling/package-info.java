/**
 * Where tiles of latents lie, what each weighs, and in which order they are worked through: integer
 * geometry that knows no model.
 *
 * <p>Positions are latent pixels of the whole, whichever part of it is made or held. An image is a
 * whole of one tile.
 */
package org.sardiffusion.runtime.tiling;
