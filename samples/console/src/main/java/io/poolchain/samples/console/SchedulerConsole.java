// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.UUID;

/**
 * A page that shows what a scheduler is doing: {@code SchedulerConsole.show(scheduler, server)} adds it to a server at
 * {@code /}. The page needs nothing from elsewhere. It polls the scheduler's figures, so the scheduler pays for them only
 * while somebody looks.
 */
public final class SchedulerConsole {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String UPLOT = "vendor/uplot-1.6.32/";

    private static final ObjectMapper JSON = new ObjectMapper();

    private SchedulerConsole() {}

    /** Adds the page, its parts and its figures to a server. The server keeps the scheduler alive from now on. */
    public static void show(WorkStealingScheduler scheduler, PageServer server) {
        add(server, "/", HTML, "console.html");
        add(server, "/console.css", CSS, "console.css");
        add(server, "/icon.svg", "image/svg+xml", "icon.svg");
        for (String script : new String[] {"console.js", "figures.js", "charts.js", "workers.js", "heatmap.js"}) {
            add(server, "/" + script, SCRIPT, script);
        }
        add(server, "/uplot.js", SCRIPT, UPLOT + "uPlot.iife.min.js");
        add(server, "/uplot.css", CSS, UPLOT + "uPlot.min.css");
        String source = UUID.randomUUID().toString();
        server.add("/snapshot.json", "application/json", () -> json(Snapshot.of(source, scheduler.stats())));
    }

    private static void add(PageServer server, String path, String type, String resource) {
        byte[] body = read(resource);
        server.add(path, type, () -> body);
    }

    private static byte[] read(String resource) {
        try (InputStream in = SchedulerConsole.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] json(Snapshot snapshot) {
        try {
            return JSON.writeValueAsBytes(snapshot);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
