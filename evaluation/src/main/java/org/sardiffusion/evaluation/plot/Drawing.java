package org.sardiffusion.evaluation.plot;

import java.util.List;

/**
 * A picture made of shapes.
 *
 * @param name of its files, without an ending
 * @param title what it shows, also for those who cannot see it
 * @param width pixels
 * @param height pixels
 * @param shapes drawn one over the other
 */
public record Drawing(String name, String title, int width, int height, List<Shape> shapes) {
  public Drawing {
    shapes = List.copyOf(shapes);
  }
}
