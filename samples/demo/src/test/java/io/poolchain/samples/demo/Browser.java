// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** Chromium without a window. */
final class Browser implements AutoCloseable {
    private static final int WIDTH = 1160;

    /** Says at each start that it has no protocol of its own for so new a Chromium; what is used here needs none. */
    private static final Logger LOGGER = Logger.getLogger("org.openqa.selenium");

    static {
        LOGGER.setLevel(Level.SEVERE);
    }

    private final ChromeDriver driver;

    Browser() {
        ChromeOptions options = new ChromeOptions()
                .setBinary(Tools.require("chromium", "chromium").toFile())
                .addArguments(
                        "--headless",
                        "--no-sandbox", // which root, as whom CI runs, can't have
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--window-size=" + WIDTH + ",900");
        options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(
                        Tools.require("chromedriver", "chromium-driver").toFile())
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
    }

    void open(URI page) {
        driver.get(page.toString());
    }

    /** What the user sees of an element. */
    String text(String selector) {
        return element(selector).getText();
    }

    boolean shows(String selector) {
        return element(selector).isDisplayed();
    }

    /** How many elements there are. */
    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    Object evaluate(String script) {
        return driver.executeScript("return " + script);
    }

    /** As {@code light} or {@code dark}. */
    void prefer(String colorScheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colorScheme))));
    }

    /** Takes a picture of the whole page. */
    Path screenshot(Path file) throws IOException {
        Map<String, Object> size = Map.of(
                "width",
                WIDTH,
                "height",
                evaluate("document.documentElement.scrollHeight"),
                "deviceScaleFactor",
                1,
                "mobile",
                false);
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", size);
        Files.createDirectories(file.getParent());
        return Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** Whatever the console of the developer tools has got since the last call. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    private WebElement element(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
