package org.sardiffusion.pipelines;

/** The name and version that the command answers with and that images are signed with. */
public final class Software {
  /** Such as {@code sar-diffusion 0.1.0}. */
  public static final String NAME_AND_VERSION = "sar-diffusion " + version();

  private Software() {}

  private static String version() {
    String version = Software.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
