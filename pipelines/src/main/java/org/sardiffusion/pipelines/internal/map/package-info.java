/**
 * Prompt maps: files that say which prompt holds where in a scene (positions, polygons, labels),
 * drawn once onto the scene's latent pixels and blended where they meet.
 */
package org.sardiffusion.pipelines.internal.map;
