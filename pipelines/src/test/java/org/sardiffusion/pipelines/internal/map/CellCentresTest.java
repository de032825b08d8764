package org.sardiffusion.pipelines.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.scene.SceneFrame;

/** Maps that cover a scene exactly cover its last cells, most of which lie beyond the image. */
class CellCentresTest {
  private static final AffineGrid PLACE =
      AffineGrid.northUp(Crs.of("EPSG:32631"), 448000, 5411000, 0.4);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"101,102,4", "97,98,16", "104,100,8", "97,7,1", "3,1,8"})
  void aPolygonOverAllOfTheSceneLeavesNothingOpen(int width, int height, int factor)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("all.geojson"),
            String.format(
                Locale.ROOT,
                "{\"type\":\"Feature\",\"properties\":{\"prompt\":\"fields\"},\"geometry\":{\"type\":"
                    + "\"Polygon\",\"coordinates\":[[[0,0],[%1$d,0],[%1$d,%2$d],[0,%2$d],[0,0]]]}}",
                width,
                height));
    SceneFrame frame = new SceneFrame(width, height, factor, 0.4, Optional.empty());
    PromptMap map =
        PromptMap.of(new PolygonFile(file), new PromptMapRequest(frame, 0, Optional.empty()));
    assertEquals(List.of("fields"), map.prompts());
  }

  @ParameterizedTest
  @CsvSource({"101,102,4", "97,98,16", "104,100,8"})
  void aLabelRasterOverAllOfTheSceneHasAPixelForEachCell(int width, int height, int factor) {
    SceneFrame frame = new SceneFrame(width, height, factor, 0.4, Optional.of(PLACE));
    LabelPlacing placing =
        new LabelPlacing.OnMap(
            frame, PLACE.map(), new Affine(448000, 0.4, 0, 5411000, 0, -0.4), Optional.empty());
    double[] last = placing.positions(frame.rows() - 1);
    assertTrue(last[last.length - 2] < width - 0.4, last[last.length - 2] + " of " + width);
    assertTrue(last[last.length - 1] < height - 0.4, last[last.length - 1] + " of " + height);
    assertEquals(factor / 2.0, last[0], 1e-6);
  }

  @Test
  void theFirstCentreFromAPositionOnIsFound() {
    CellCentres centres = CellCentres.of(9, 4);
    assertEquals(3, centres.count());
    assertEquals(2.125, centres.of(2));
    double[] positions = {-1e300, 0.5, 0.6, 1.5, 1.6, 2.125, 2.13, 1e300};
    int[] expected = {0, 0, 1, 1, 2, 2, 3, 3};
    for (int i = 0; i < positions.length; i++) {
      assertEquals(expected[i], centres.firstFrom(positions[i]), "from " + positions[i]);
    }
  }
}
