package org.sardiffusion.geo.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.sardiffusion.geo.MalformedFileException;

/**
 * What GDAL writes beside an image whose format cannot hold it: its mask in {@code NAME.tif.msk}, a
 * TIFF that is 0 where there is no data, and a nodata value in {@code NAME.tif.aux.xml}.
 *
 * @param image the image
 */
public record GdalSidecars(Path image) {
  /** The mask, which may not exist. */
  public Path mask() {
    return beside(".msk");
  }

  /** Those of the files that exist. */
  public List<Path> files() {
    return Stream.of(mask(), auxiliary()).filter(Files::isRegularFile).toList();
  }

  /**
   * The nodata value of the only band.
   *
   * @return empty if no file says it
   * @throws MalformedFileException if the file is no XML, or the value no number
   */
  public OptionalDouble nodata() {
    if (!Files.isRegularFile(auxiliary())) {
      return OptionalDouble.empty();
    }
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    // The file may come from anywhere: no DTD, hence no entity that reads files or explodes.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, Boolean.FALSE);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, Boolean.FALSE);
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(auxiliary()))) {
      XMLStreamReader reader = factory.createXMLStreamReader(bytes);
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamConstants.START_ELEMENT
            && reader.getLocalName().equals("NoDataValue")) {
          return Nodata.parse(reader.getElementText());
        }
      }
      return OptionalDouble.empty();
    } catch (IOException | XMLStreamException e) {
      throw new MalformedFileException(auxiliary(), "it is not XML.", e);
    } catch (NumberFormatException e) {
      throw new MalformedFileException(auxiliary(), "its NoDataValue is not a number.", e);
    }
  }

  private Path auxiliary() {
    return beside(".aux.xml");
  }

  private Path beside(String ending) {
    return image.resolveSibling(image.getFileName() + ending);
  }
}
