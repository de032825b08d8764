package org.sardiffusion.geo.stac;

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

  /** The band's name in STAC. */
  public String stacName() {
    return stacName;
  }
}
