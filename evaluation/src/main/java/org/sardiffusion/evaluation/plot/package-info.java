/**
 * Pictures of the numbers: what to draw (shapes in a coordinate system of pixels), and two ways to
 * draw it, SVG and PNG.
 */
package org.sardiffusion.evaluation.plot;
