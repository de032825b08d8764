package org.sardiffusion.geo.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.png.PngText;
import org.sardiffusion.geo.internal.tiff.TiffRaster;
import org.sardiffusion.geo.provenance.Provenance;

/** Reads how an image was made back out of it. */
public final class ProvenanceReader {
  private ProvenanceReader() {}

  /**
   * Reads the provenance of a file that {@link ImageFiles#write} wrote; that of {@code NAME.npy}
   * lies in {@code NAME.json}.
   *
   * @throws MalformedFileException if the file is missing, broken, or says nothing of its making
   * @throws org.sardiffusion.geo.UnsupportedFormatException if its ending names no format
   */
  public static Provenance read(Path path) {
    Map<String, String> items =
        switch (ImageFormat.of(path)) {
          case GEOTIFF -> TiffRaster.items(path);
          case PNG -> PngText.items(path);
          case NPY -> sidecar(path);
        };
    return Provenance.of(items)
        .orElseThrow(
            () ->
                new MalformedFileException(
                    path,
                    "it does not say how it was made. Only images that sar-diffusion wrote do, as"
                        + " long as no other program has stored them anew."));
  }

  private static Map<String, String> sidecar(Path path) {
    Path sidecar = ImageFormat.beside(path, ".json");
    if (!Files.exists(sidecar)) {
      throw new MalformedFileException(
          path, "its recipe should lie beside it in " + sidecar.getFileName() + ", which is gone.");
    }
    return ProvenanceJson.read(sidecar);
  }
}
