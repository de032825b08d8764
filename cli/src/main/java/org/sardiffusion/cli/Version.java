package org.sardiffusion.cli;

import org.sardiffusion.pipelines.Software;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {Software.NAME_AND_VERSION};
  }
}
