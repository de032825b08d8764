package org.sardiffusion.runtime.diffusion;

/** A part of an image: its upper left pixel and its size. */
record PixelWindow(int x, int y, ImageSize size) {}
