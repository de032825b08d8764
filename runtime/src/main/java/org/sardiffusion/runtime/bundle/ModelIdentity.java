package org.sardiffusion.runtime.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

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
      try (Stream<Path> files = Files.walk(bundle.root())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String path = bundle.root().relativize(file).toString().replace('\\', '/');
          if (!path.equals(SarConfig.FILE_NAME)) {
            hashes.put(path, sha256(file));
          }
        }
      } catch (IOException e) {
        throw new BundleException("Can't read all of " + bundle.root() + ": " + e.getMessage(), e);
      }
    }
    MessageDigest list = digest();
    hashes.forEach(
        (path, hash) -> list.update((hash + "  " + path + "\n").getBytes(StandardCharsets.UTF_8)));
    return new ModelIdentity(bundle.name(), HexFormat.of().formatHex(list.digest()));
  }

  /**
   * SHA-256 of a file, in hexadecimal.
   *
   * @throws BundleException if it can't be read
   */
  public static String sha256(Path file) {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new BundleException("Can't read " + file + ": " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
