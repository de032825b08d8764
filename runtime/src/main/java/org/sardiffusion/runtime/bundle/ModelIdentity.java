package org.sardiffusion.runtime.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.sardiffusion.core.io.Sha256;

/**
 * Which model made an image.
 *
 * @param name the model's name
 * @param sha256 SHA-256 of the list of the bundle's files, one line "SHA-256, two blanks, path"
 *     each, ordered by path; the bundle's {@code sar_config.json} is not in it
 */
public record ModelIdentity(String name, String sha256) {

  /**
   * The identity of a bundle: from the hashes in its {@code sar_config.json} where it has one
   * (which {@code model verify} checks), else by reading all of its files.
   */
  public static ModelIdentity of(Bundle bundle) {
    Map<String, String> hashes = new TreeMap<>();
    if (bundle.sar().isPresent() && !bundle.sar().get().files().isEmpty()) {
      bundle.sar().get().files().forEach((path, digest) -> hashes.put(path, digest.sha256()));
    } else {
      for (Path file : BundleFolder.files(bundle.root())) {
        String path = BundleFolder.path(bundle.root(), file);
        if (!path.equals(SarConfig.FILE_NAME)) {
          hashes.put(path, sha256(file));
        }
      }
    }
    StringBuilder list = new StringBuilder();
    hashes.forEach((path, hash) -> list.append(hash).append("  ").append(path).append('\n'));
    return new ModelIdentity(bundle.name(), Sha256.hex(list.toString()));
  }

  /**
   * SHA-256 of a file, in hexadecimal.
   *
   * @throws BundleException if it can't be read
   */
  public static String sha256(Path file) {
    try {
      return Sha256.hex(file);
    } catch (IOException e) {
      throw new BundleException("Can't read " + file + ": " + e.getMessage(), e);
    }
  }
}
