package org.sardiffusion.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.sardiffusion.evaluation.plot.Svg;

/**
 * A page in one file: its style and its drawings are inside, and it needs no script and no network.
 * It fits a telephone: panels of plots go below one another, and wide tables scroll by themselves.
 */
public final class Page {
  private static final String STYLE = "page.css";

  private final StringBuilder html = new StringBuilder();

  /**
   * Begins a page.
   *
   * @param title of the browser's window
   * @param heading what it is about
   * @param facts one line below that
   */
  public Page(String title, String heading, String facts) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Without this, browsers ask the server for an icon.
    html.append("<link rel=\"icon\" href=\"data:,\">\n");
    html.append("<title>").append(Svg.escaped(title)).append("</title>\n");
    html.append("<style>\n").append(style()).append("</style>\n</head>\n<body>\n");
    html.append("<header><div>\n<h1>").append(Svg.escaped(heading)).append("</h1>\n<p>");
    html.append(Svg.escaped(facts)).append("</p>\n</div></header>\n<main>\n");
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream(STYLE)) {
      if (in == null) {
        throw new IllegalStateException(STYLE + " is missing from the build.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(STYLE + " of the build can't be read.", e);
    }
  }

  /** Adds HTML as it is. */
  public void add(String body) {
    html.append(body);
  }

  /**
   * Adds a section.
   *
   * @param body HTML
   */
  public void section(String title, String body) {
    html.append("<section><h2>").append(Svg.escaped(title)).append("</h2>\n");
    html.append(body).append("</section>\n");
  }

  /** Adds a section that opens when asked. */
  public void folded(String title, String body) {
    html.append("<section><details><summary>").append(Svg.escaped(title));
    html.append("</summary>\n").append(body).append("</details></section>\n");
  }

  /** Adds a section with a figure. */
  public void figure(Figure figure) {
    section(figure.whole().title(), "<figure>\n" + figure.html() + "</figure>\n");
  }

  /** The whole page. */
  public String toHtml() {
    return html + "</main>\n</body>\n</html>\n";
  }
}
