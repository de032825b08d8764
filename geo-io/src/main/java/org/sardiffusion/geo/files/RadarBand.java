package org.sardiffusion.geo.files;

import java.util.Arrays;
import java.util.Optional;

/** The radar frequency bands that STAC's SAR extension names. */
public enum RadarBand {
  P("P"),
  L("L"),
  S("S"),
  C("C"),
  X("X"),
  KU("Ku"),
  K("K"),
  KA("Ka");

  private final String stacName;

  RadarBand(String stacName) {
    this.stacName = stacName;
  }

  /** The band of that name, whatever its case; empty if STAC knows none. */
  public static Optional<RadarBand> named(String name) {
    return Arrays.stream(values()).filter(band -> band.stacName.equalsIgnoreCase(name)).findFirst();
  }

  /** The band's name in STAC. */
  public String stacName() {
    return stacName;
  }
}
