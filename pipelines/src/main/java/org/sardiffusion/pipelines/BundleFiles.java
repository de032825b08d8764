package org.sardiffusion.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleFolder;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.bundle.SarConfig.FileDigest;

/** The files of a bundle, beside what its {@code sar_config.json} says they should be. */
final class BundleFiles {
  private final Path root;
  private final Map<String, FileDigest> listed;

  BundleFiles(Bundle bundle) {
    this.root = bundle.root();
    this.listed = bundle.sar().map(SarConfig::files).orElse(Map.of());
  }

  /** What each listed file should be, by its path in the bundle. */
  Map<String, FileDigest> listed() {
    return listed;
  }

  /** What is wrong with a listed file, if anything. */
  Optional<String> fault(String path) {
    FileDigest expected = listed.get(path);
    Path file = root.resolve(path);
    if (!Files.isRegularFile(file)) {
      return Optional.of("is missing");
    }
    try {
      // The length is known at once; hashing gigabytes only to find a truncated file is a waste.
      long bytes = Files.size(file);
      if (bytes != expected.bytes()) {
        return Optional.of("is " + bytes + " bytes long, but should be " + expected.bytes());
      }
    } catch (IOException e) {
      return Optional.of("can't be read (" + e.getMessage() + ")");
    }
    String sha256 = ModelIdentity.sha256(file);
    return sha256.equals(expected.sha256())
        ? Optional.empty()
        : Optional.of(
            "has changed: its SHA-256 is " + sha256 + ", but should be " + expected.sha256());
  }

  /** The files that nothing is said of. */
  SortedSet<String> unlisted() {
    return BundleFolder.files(root).stream()
        .map(file -> BundleFolder.path(root, file))
        .filter(path -> !path.equals(SarConfig.FILE_NAME) && !listed.containsKey(path))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
