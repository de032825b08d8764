package org.sardiffusion.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class Version implements IVersionProvider {
  /** Such as {@code sar-diffusion 0.1.0}. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "sar-diffusion " + (version == null ? "(development)" : version);
  }

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }
}
