/**
 * How a large image is cut into overlapping tiles, and how the tiles are weighted when they meet.
 */
package org.sardiffusion.conditioning.tile;
