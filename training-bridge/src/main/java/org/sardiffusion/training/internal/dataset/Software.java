package org.sardiffusion.training.internal.dataset;

/** The name and version that training sets are signed with. */
public final class Software {
  public static final String NAME_AND_VERSION = "sar-diffusion " + version();

  private Software() {}

  private static String version() {
    String version = Software.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
