package org.sardiffusion.geo.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;

/** Whatever a prompt is made of, every format gives it back. */
class PromptRoundTripTest {
  private static final AmplitudeRaster IMAGE = Samples.speckle(4, 4);

  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("prompts");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** Any UTF-16 at all: control characters, unpaired surrogates, markup, entities, white space. */
  @Provide
  Arbitrary<String> prompts() {
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(40);
    Arbitrary<String> markup =
        Arbitraries.of(
                "&", "<", ">", "\"", "'", "&amp;", "&lt;", "&#13;", "&#x41;", "]]>", "<!--", " ",
                "\r", "\n", "\t", "\u0000", "\u0085", "\u2028", "\ufeff", "\ufffe", "\ud83c", "é",
                "🌳", "\\", "\\u0041", "<SAR>")
            .list()
            .ofMaxSize(12)
            .map(parts -> String.join("", parts));
    return Arbitraries.oneOf(any, markup);
  }

  @Property(tries = 300)
  void tiff(@ForAll("prompts") String prompt) {
    assertRoundTrip("p.tif", prompt);
  }

  @Property(tries = 300)
  void png(@ForAll("prompts") String prompt) {
    assertRoundTrip("p.png", prompt);
  }

  @Property(tries = 200)
  void npy(@ForAll("prompts") String prompt) {
    assertRoundTrip("p.npy", prompt);
  }

  private static void assertRoundTrip(String name, String prompt) {
    Provenance provenance = Samples.provenance(prompt);
    Path path = folder.resolve(name);
    ImageFiles.write(
        new ImageFile(path, AffineGrid.unreferenced(0.4), provenance, WriteOptions.defaults()),
        IMAGE);
    assertEquals(provenance, ProvenanceReader.read(path));
  }
}
