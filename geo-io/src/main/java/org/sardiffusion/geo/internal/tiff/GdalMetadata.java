package org.sardiffusion.geo.internal.tiff;

import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The text of TIFF tag 42112, GDAL_METADATA: names and values as XML.
 *
 * <p>GDAL unescapes a value twice when it reads (once as XML, once more on its own; see {@code
 * GTiffDataset} in GDAL's {@code frmts/gtiff}), so an ampersand has to be escaped twice. It also
 * drops white space at the start of a value, unless that is written as a character reference.
 */
final class GdalMetadata {
  private static final Pattern ENTITY =
      Pattern.compile("&(?:(lt|gt|amp|quot|apos)|#(\\d{1,7})|#x([0-9A-Fa-f]{1,6}));");

  private final StringBuilder xml = new StringBuilder("<GDALMetadata>\n");

  /** Adds an item of the whole file. */
  GdalMetadata item(String name, String value) {
    return item("name=\"" + name + "\"", name, value);
  }

  /**
   * Adds an item of the only band.
   *
   * @param role what GDAL takes it for: {@code scale}, {@code offset}, {@code description}
   */
  GdalMetadata bandItem(String role, String value) {
    String name = role.toUpperCase(java.util.Locale.ROOT);
    return item("name=\"" + name + "\" sample=\"0\" role=\"" + role + "\"", name, value);
  }

  private GdalMetadata item(String attributes, String name, String value) {
    xml.append("  <Item ").append(attributes).append('>');
    boolean leading = true;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      leading = leading && Character.isWhitespace(c);
      switch (c) {
        case '&' -> xml.append("&amp;amp;");
        case '<' -> xml.append("&lt;");
        case '>' -> xml.append("&gt;");
        case '\r' -> xml.append("&#13;");
        default -> {
          if (leading) {
            xml.append("&#").append((int) c).append(';');
          } else {
            xml.append(c);
          }
        }
      }
    }
    xml.append("</Item>\n");
    return this;
  }

  /** The finished XML. */
  String xml() {
    return xml + "</GDALMetadata>\n";
  }

  /**
   * What such a text says.
   *
   * @param file the items of the whole file, by name, in the order of the text
   * @param band those of the first band that GDAL gives a meaning, by role: {@code scale}, {@code
   *     offset}, {@code description}
   */
  record Items(Map<String, String> file, Map<String, String> band) {}

  /**
   * Reads the items; those of another domain are passed over.
   *
   * @throws XMLStreamException if the text is not XML
   */
  static Items parse(String xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    // The file may come from anywhere: no DTD, hence no entity that reads files or explodes.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, Boolean.FALSE);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, Boolean.FALSE);
    XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
    Items items = new Items(new LinkedHashMap<>(), new LinkedHashMap<>());
    while (reader.hasNext()) {
      if (reader.next() == XMLStreamConstants.START_ELEMENT
          && reader.getLocalName().equals("Item")) {
        read(reader, items);
      }
    }
    return items;
  }

  private static void read(XMLStreamReader reader, Items items) throws XMLStreamException {
    String name = reader.getAttributeValue(null, "name");
    String sample = reader.getAttributeValue(null, "sample");
    String role = reader.getAttributeValue(null, "role");
    boolean ours = name != null && reader.getAttributeValue(null, "domain") == null;
    if (ours && sample == null) {
      items.file.put(name, unescape(reader.getElementText()));
    } else if (ours && sample.equals("0") && role != null) {
      items.band.put(role, unescape(reader.getElementText()));
    }
  }

  private static String unescape(String text) {
    return ENTITY.matcher(text).replaceAll(m -> Matcher.quoteReplacement(character(m)));
  }

  private static String character(MatchResult entity) {
    if (entity.group(1) != null) {
      return switch (entity.group(1)) {
        case "lt" -> "<";
        case "gt" -> ">";
        case "quot" -> "\"";
        case "apos" -> "'";
        default -> "&";
      };
    }
    int code =
        entity.group(2) != null
            ? Integer.parseInt(entity.group(2))
            : Integer.parseInt(entity.group(3), 16);
    return Character.isValidCodePoint(code) ? Character.toString(code) : entity.group();
  }
}
