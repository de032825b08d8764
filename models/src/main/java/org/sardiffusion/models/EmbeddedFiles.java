package org.sardiffusion.models;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/**
 * The files of a folder of resources, in a jar or in a folder of classes.
 *
 * @param folder absolute name of the folder of resources
 * @param bytes length of each file, by its path in the folder, with slashes
 */
record EmbeddedFiles(String folder, Map<String, Long> bytes) {

  /** Lists {@code folder}, without reading any file. */
  static EmbeddedFiles list(String folder) throws IOException {
    URL url = EmbeddedFiles.class.getResource(folder);
    if (url == null) {
      throw new FileNotFoundException(folder + " is not on the class path");
    }
    URLConnection connection = url.openConnection();
    Map<String, Long> bytes = new TreeMap<>();
    if (connection instanceof JarURLConnection jar) {
      String prefix = folder.substring(1) + "/";
      jar.getJarFile().stream()
          .filter(entry -> entry.getName().startsWith(prefix) && !entry.isDirectory())
          .forEach(entry -> bytes.put(relative(entry, prefix), entry.getSize()));
    } else {
      Path root = path(url);
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          bytes.put(root.relativize(file).toString().replace('\\', '/'), Files.size(file));
        }
      }
    }
    return new EmbeddedFiles(folder, bytes);
  }

  private static String relative(JarEntry entry, String prefix) {
    return entry.getName().substring(prefix.length());
  }

  private static Path path(URL url) throws IOException {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  /** Whether {@code target} holds every file in its full length. */
  boolean areIn(Path target) {
    return bytes.entrySet().stream()
        .allMatch(file -> target.resolve(file.getKey()).toFile().length() == file.getValue());
  }

  void copyTo(Path target) throws IOException {
    for (String file : bytes.keySet()) {
      Path copy = target.resolve(file);
      Files.createDirectories(copy.getParent());
      try (InputStream in = EmbeddedFiles.class.getResourceAsStream(folder + "/" + file)) {
        if (in == null) {
          throw new FileNotFoundException(folder + "/" + file + " is not on the class path");
        }
        Files.copy(in, copy);
      }
    }
  }
}
