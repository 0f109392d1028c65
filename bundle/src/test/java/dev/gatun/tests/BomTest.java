package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The page of versions that others import has no parent: it must be kept in step with the build by hand. */
final class BomTest {
  private static Document read(String file) throws ParserConfigurationException, IOException, SAXException {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of("..", file).toFile());
  }

  private static String child(Element element, String name) {
    NodeList nodes = element.getElementsByTagName(name);
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i).getParentNode() == element) {
        return nodes.item(i).getTextContent();
      }
    }
    return "";
  }

  /** The artifacts of Gatun whose versions a page manages. */
  private static Set<String> managed(Document page) {
    Set<String> artifacts = new TreeSet<>();
    Element management = (Element) page.getElementsByTagName("dependencyManagement").item(0);
    NodeList dependencies = management.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (child(dependency, "groupId").equals("dev.gatun")) {
        assertEquals("${project.version}", child(dependency, "version"));
        artifacts.add(child(dependency, "artifactId"));
      }
    }
    return artifacts;
  }

  @Test
  void theVersionsAreThoseOfTheBuild() throws Exception {
    Document bom = read("bom/pom.xml");
    Document build = read("pom.xml");
    assertEquals(child(build.getDocumentElement(), "version"), child(bom.getDocumentElement(), "version"));
    assertFalse(managed(bom).isEmpty());
    assertEquals(managed(build), managed(bom));
  }
}
