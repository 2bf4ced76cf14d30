// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a few pages that can only be read: GET on their exact paths. Anybody who reaches the address may read them.
 *
 * <p>A slow or broken client holds up nobody else: each request has a thread, and the JDK's server closes a connection
 * whose request or response has taken ten seconds. There are 200 connections at most. These limits are the JVM's, read when its first server is made; a
 * program that has set them before keeps its own.
 */
public final class PageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** The JDK's server copies whatever it is given in one call, so that is kept small. */
    private static final int PIECE = 1 << 14;

    static {
        setUnlessSet("sun.net.httpserver.maxReqTime", "10"); // seconds
        setUnlessSet("sun.net.httpserver.maxRspTime", "10"); // seconds
        setUnlessSet("jdk.httpserver.maxConnections", "200");
        setUnlessSet("sun.net.httpserver.nodelay", "true"); // else each answer takes 40 ms
    }

    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool(PageServer::thread);
    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    private record Page(String type, Supplier<byte[]> body) {}

    /**
     * Starts to serve.
     *
     * @throws java.net.BindException if the port is taken
     */
    public PageServer(InetSocketAddress address) throws IOException {
        http = HttpServer.create(address, 0);
        http.createContext("/", this::answer);
        http.setExecutor(threads);
        http.start();
    }

    /**
     * Starts to serve this computer only.
     *
     * @param port 0 for any that is free
     * @throws java.net.BindException if the port is taken
     */
    public static PageServer onLoopback(int port) throws IOException {
        return new PageServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Adds a page, or replaces the one that has this path.
     *
     * @param type the page's media type
     * @param body asked at each request, by several threads
     */
    public void add(String path, String type, Supplier<byte[]> body) {
        pages.put(path, new Page(type, body));
    }

    /** {@return where a page can be read on this computer} */
    public URI uri(String path) {
        return URI.create("http://localhost:" + http.getAddress().getPort() + path);
    }

    InetSocketAddress address() {
        return http.getAddress();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Cache-Control", "no-store");
            headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            headers.set("X-Content-Type-Options", "nosniff");
            Page page = pages.get(exchange.getRequestURI().getPath());
            if (page == null) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                headers.set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
            } else {
                send(exchange, page);
            }
        }
    }

    private static void send(HttpExchange exchange, Page page) throws IOException {
        byte[] body = bodyOrNull(page);
        if (body == null) {
            exchange.sendResponseHeaders(500, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", page.type());
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        OutputStream out = exchange.getResponseBody();
        for (int sent = 0; sent < body.length; sent += PIECE) {
            out.write(body, sent, Math.min(PIECE, body.length - sent));
        }
    }

    private static byte @Nullable [] bodyOrNull(Page page) {
        try {
            return page.body().get();
        } catch (RuntimeException e) {
            LOG.error("A page could not be made", e);
            return null;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "page-server");
        thread.setDaemon(true);
        return thread;
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
