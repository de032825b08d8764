package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.sardiffusion.geo.MalformedFileException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * An element of an annotation file, addressed by the names on the way to it.
 *
 * @param file the annotation, for messages
 * @param element the element
 */
record XmlNode(Path file, Element element) {
  private static final long MAXIMUM_BYTES = 64L << 20;

  /**
   * Parses a file. Document types are refused, and with them every entity that could read another
   * file or grow without bound.
   *
   * @throws MalformedFileException if it is missing, too long, or no such XML
   */
  static XmlNode parse(Path file) {
    checkSize(file);
    try (InputStream bytes = Files.newInputStream(file)) {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new Quiet());
      return new XmlNode(file, builder.parse(bytes).getDocumentElement());
    } catch (SAXException e) {
      throw new MalformedFileException(file, "it is not valid XML: " + e.getMessage(), e);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new MalformedFileException(file, e.getMessage() + ".", e);
    }
  }

  /**
   * Finds out whether a file can be an annotation.
   *
   * @throws MalformedFileException if it is missing or too long
   */
  static void checkSize(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new MalformedFileException(file, "there is no such file.");
      }
      if (Files.size(file) > MAXIMUM_BYTES) {
        throw new MalformedFileException(
            file, "it is over 64 MB long, too long for an annotation.");
      }
    } catch (IOException e) {
      throw new MalformedFileException(file, e.getMessage() + ".", e);
    }
  }

  String name() {
    return element.getTagName();
  }

  /** The first element that the names, separated by slashes, lead to. */
  Optional<XmlNode> find(String path) {
    XmlNode at = this;
    for (String name : path.split("/")) {
      List<XmlNode> next = at.children(name);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get(0);
    }
    return Optional.of(at);
  }

  /**
   * The same, where it has to be there.
   *
   * @throws MalformedFileException if it is not
   */
  XmlNode get(String path) {
    return find(path)
        .orElseThrow(
            () ->
                new MalformedFileException(
                    file,
                    "it lacks " + path + " in " + name() + ", which every such product has."));
  }

  /** The elements of one name directly within this one. */
  List<XmlNode> children(String name) {
    List<XmlNode> children = new ArrayList<>();
    for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element child && child.getTagName().equals(name)) {
        children.add(new XmlNode(file, child));
      }
    }
    return children;
  }

  String text(String path) {
    return get(path).element.getTextContent().strip();
  }

  String attribute(String name) {
    return element.getAttribute(name);
  }

  /** A finite number. */
  double number(String path) {
    return get(path).number();
  }

  /** The finite number that this element holds. */
  double number() {
    String text = element.getTextContent().strip();
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw noNumber(text, e);
    }
    throw noNumber(text, null);
  }

  /** A finite number above 0. */
  double positive(String path) {
    double number = number(path);
    if (!(number > 0)) {
      throw new MalformedFileException(file, "its " + path + " is " + number + ", not above 0.");
    }
    return number;
  }

  /** A whole number from 1 to the largest int. */
  int count(String path) {
    double number = positive(path);
    if (number != Math.rint(number) || number > Integer.MAX_VALUE) {
      throw new MalformedFileException(
          file, "its " + path + " is " + number + ", not a positive whole number.");
    }
    return (int) number;
  }

  private MalformedFileException noNumber(String text, Throwable cause) {
    return new MalformedFileException(
        file, "its " + name() + " is '" + text + "', which is not a finite number.", cause);
  }

  /** The parser's own handler prints to the console. */
  private static final class Quiet implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {
      // What the parser puts up with, we do, too.
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
