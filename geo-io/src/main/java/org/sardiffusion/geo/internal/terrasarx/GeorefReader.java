package org.sardiffusion.geo.internal.terrasarx;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.LatticeAxis;
import org.sardiffusion.geo.raster.LocationGrid;

/** Reads {@code ANNOTATION/GEOREF.xml}, some megabytes, as a stream. */
final class GeorefReader {
  /** Nodes of one row or column have one time; more than this part of a step is no such grid. */
  private static final double SAME = 1e-3;

  private final Path file;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, String> setUp = new HashMap<>();

  private record Node(int azimuth, int range, Map<String, Double> values) {
    double get(String name) {
      return values.getOrDefault(name, Double.NaN);
    }
  }

  GeorefReader(Path file) {
    this.file = file;
  }

  /**
   * Reads the grid.
   *
   * @param start the beginning of the scene
   * @param toRow from seconds after that to positions in the image
   * @param toColumn from two-way range time in seconds to positions in the image
   * @throws MalformedFileException if the file is missing, no such XML, or its nodes are no
   *     rectangle of at least 2 by 2
   */
  GeorefGrid read(Instant start, DoubleUnaryOperator toRow, DoubleUnaryOperator toColumn) {
    XmlNode.checkSize(file);
    parse();
    double shift = seconds(start);
    double tau = reference("tauReferenceTime");
    int down = nodes.stream().mapToInt(Node::azimuth).max().orElse(0);
    int across = nodes.stream().mapToInt(Node::range).max().orElse(0);
    if (down < 2 || across < 2 || (long) down * across != nodes.size()) {
      throw new MalformedFileException(
          file,
          "its "
              + nodes.size()
              + " grid points are not a rectangle of "
              + down
              + " by "
              + across
              + ".");
    }
    Node[] grid = new Node[nodes.size()];
    for (Node node : nodes) {
      grid[(node.azimuth - 1) * across + node.range - 1] = node;
    }
    if (Arrays.asList(grid).contains(null)) {
      throw new MalformedFileException(
          file, "it lists some grid points twice and leaves others out.");
    }
    double[] rowTimes = new double[down];
    double[] columnTimes = new double[across];
    for (int i = 0; i < down; i++) {
      rowTimes[i] = grid[i * across].get("t") + shift;
    }
    for (int i = 0; i < across; i++) {
      columnTimes[i] = grid[i].get("tau") + tau;
    }
    GridAxis rows = axis(rowTimes, toRow);
    GridAxis columns = axis(columnTimes, toColumn);
    checkRectangle(grid, rows, columns, shift, tau);
    return new GeorefGrid(
        rows,
        columns,
        new LocationGrid(columns.lattice(), rows.lattice(), places(grid)),
        values(grid, "inc"));
  }

  private GridAxis axis(double[] times, DoubleUnaryOperator toPosition) {
    for (int i = 0; i + 1 < times.length; i++) {
      if (!(times[i + 1] > times[i])) {
        throw new MalformedFileException(file, "the times of its grid points do not increase.");
      }
    }
    try {
      return new GridAxis(new LatticeAxis(Arrays.stream(times).map(toPosition).toArray()), times);
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(
          file, "the times of its grid points do not increase across the image.", e);
    }
  }

  private void checkRectangle(
      Node[] grid, GridAxis rows, GridAxis columns, double shift, double tau) {
    double rowTolerance = SAME * (rows.times()[1] - rows.times()[0]);
    double columnTolerance = SAME * (columns.times()[1] - columns.times()[0]);
    for (int i = 0; i < grid.length; i++) {
      double row = rows.times()[i / columns.size()];
      double column = columns.times()[i % columns.size()];
      boolean same =
          Math.abs(grid[i].get("t") + shift - row) <= rowTolerance
              && Math.abs(grid[i].get("tau") + tau - column) <= columnTolerance;
      if (!same) {
        throw new MalformedFileException(
            file, "its grid points do not lie on straight lines in time.");
      }
    }
  }

  private LocationGrid.Nodes places(Node[] grid) {
    double[] longitude = values(grid, "lon");
    double[] latitude = values(grid, "lat");
    for (int i = 0; i < longitude.length; i++) {
      if (Math.abs(latitude[i]) > 90 || Math.abs(longitude[i]) > 360) {
        throw new MalformedFileException(
            file,
            "a grid point lies at latitude "
                + latitude[i]
                + ", longitude "
                + longitude[i]
                + ", which is not on Earth.");
      }
    }
    for (int i = 1; i < longitude.length; i++) {
      longitude[i] += 360 * Math.rint((longitude[0] - longitude[i]) / 360);
    }
    return new LocationGrid.Nodes(longitude, latitude, values(grid, "height"));
  }

  private double[] values(Node[] grid, String name) {
    double[] values = Arrays.stream(grid).mapToDouble(n -> n.get(name)).toArray();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new MalformedFileException(file, "a grid point has no finite " + name + ".");
      }
    }
    return values;
  }

  private double seconds(Instant start) {
    String text = setUp.getOrDefault("tReferenceTimeUTC", "");
    Duration since = Duration.between(start, Annotation.instant(file, text));
    return since.getSeconds() + since.getNano() * 1e-9;
  }

  private double reference(String name) {
    return number(name, setUp.getOrDefault(name, "missing"));
  }

  private double number(String name, String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new MalformedFileException(
          file, "its " + name + " is '" + text.strip() + "', which is not a number.", e);
    }
  }

  private void parse() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, Boolean.FALSE);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, Boolean.FALSE);
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
      XMLStreamReader reader = factory.createXMLStreamReader(bytes);
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamConstants.START_ELEMENT) {
          start(reader);
        }
      }
    } catch (XMLStreamException e) {
      String reason = e.getMessage().replaceAll("\\s+", " ");
      throw new MalformedFileException(file, "it is not valid XML: " + reason + ".", e);
    } catch (IOException e) {
      throw new MalformedFileException(file, e.getMessage() + ".", e);
    }
  }

  private void start(XMLStreamReader reader) throws XMLStreamException {
    switch (reader.getLocalName()) {
      case "tReferenceTimeUTC", "tauReferenceTime" ->
          setUp.put(reader.getLocalName(), reader.getElementText().strip());
      case "gridPoint" -> nodes.add(node(reader));
      default -> {
        // Orbits, reference frames, propagation: nothing that places pixels.
      }
    }
  }

  private Node node(XMLStreamReader reader) throws XMLStreamException {
    int azimuth = index(reader, "iaz");
    int range = index(reader, "irg");
    Map<String, Double> values = new HashMap<>();
    while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
      String name = reader.getLocalName();
      values.put(name, number(name, reader.getElementText()));
    }
    return new Node(azimuth, range, values);
  }

  private int index(XMLStreamReader reader, String name) {
    String text = reader.getAttributeValue(null, name);
    if (text == null || !text.matches("[1-9]\\d{0,5}")) {
      throw new MalformedFileException(file, "a grid point has the " + name + " '" + text + "'.");
    }
    return Integer.parseInt(text);
  }
}
