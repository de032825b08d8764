package org.sardiffusion.geo.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.provenance.Provenance;

/**
 * The file beside an {@code .npy}, which has no room for text itself: the items as a JSON object.
 */
final class ProvenanceJson {
  private ProvenanceJson() {}

  static String write(Provenance provenance) {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try (JsonGenerator json = new JsonFactory().createGenerator(text).setPrettyPrinter(printer)) {
      json.writeStartObject();
      for (Map.Entry<String, String> item : provenance.items().entrySet()) {
        json.writeStringField(item.getKey(), item.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to a string cannot fail", e);
    }
    return text.append('\n').toString();
  }

  static Map<String, String> read(Path path) {
    try (JsonParser json = new JsonFactory().createParser(path.toFile())) {
      Map<String, String> items = new LinkedHashMap<>();
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedFileException(path, "it is not a JSON object.");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (json.nextToken().isScalarValue()) {
          items.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
      return items;
    } catch (NoSuchFileException | java.io.FileNotFoundException e) {
      throw new MalformedFileException(path, "there is no such file.", e);
    } catch (IOException e) {
      throw new MalformedFileException(path, "it is not JSON.", e);
    }
  }
}
