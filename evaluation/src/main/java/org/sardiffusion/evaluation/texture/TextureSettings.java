package org.sardiffusion.evaluation.texture;

/**
 * Where and how texture is measured.
 *
 * @param patches where
 * @param glcm how
 */
public record TextureSettings(PatchSettings patches, GlcmSettings glcm) {}
