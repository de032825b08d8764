package org.sardiffusion.geo.raster;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Sent and received polarisation, horizontal or vertical. */
public enum Polarisation {
  HH,
  HV,
  VH,
  VV;

  /** The polarisation of a name, in whatever case; empty for what is none of these four. */
  public static Optional<Polarisation> of(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(p -> p.name().equals(upper)).findFirst();
  }
}
