// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageServerTest {
    private static final int BAD_CLIENTS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] TOO_LARGE_FOR_ANY_BUFFER = new byte[64 << 20];

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Socket> sockets = new ArrayList<>();
    private PageServer server;

    @BeforeEach
    void start() throws IOException {
        server = PageServer.onLoopback(0);
        server.add("/page", "text/plain; charset=utf-8", () -> "hello".getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void end() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    @Test
    void aPageIsServed() throws Exception {
        HttpResponse<String> answer = get("/page");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(header(answer, "Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(get("/page?and=more").statusCode()).isEqualTo(200);
    }

    @Test
    void anEmptyPageIsServed() throws Exception {
        server.add("/empty", "text/plain", () -> new byte[0]);

        assertThat(get("/empty").statusCode()).isEqualTo(200);
        assertThat(get("/empty").body()).isEmpty();
    }

    @Test
    void aPageCanBeReplaced() throws Exception {
        server.add("/page", "text/plain", () -> "new".getBytes(StandardCharsets.UTF_8));

        assertThat(get("/page").body()).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/pag", "/page/", "/page/more", "/../page", "//page", "/%70age/", "/page%00"})
    void anotherPathIsNotFound(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"})
    void anotherMethodIsNotAllowed(String method) throws Exception {
        HttpResponse<String> answer = send(method, "/page");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "Allow")).isEqualTo("GET");
        assertThat(send(method, "/other").statusCode()).isEqualTo(404);
    }

    @Test
    void aBrowserIsToldToFetchNothingFromElsewhere() throws Exception {
        for (String path : List.of("/page", "/other")) {
            HttpResponse<String> answer = get(path);
            assertThat(header(answer, "Content-Security-Policy"))
                    .startsWith("default-src 'none'; script-src 'self';")
                    .doesNotContain("unsafe", "http", "*");
            assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        }
    }

    @Test
    void aPageThatFailsHarmsNoOther() throws Exception {
        server.add("/broken", "text/plain", () -> {
            throw new IllegalStateException("as the test wants it");
        });

        assertThat(get("/broken").statusCode()).isEqualTo(500);
        assertThat(get("/page").statusCode()).isEqualTo(200);
    }

    @Test
    void onlyTheLoopbackInterfaceIsServed() throws Exception {
        assertThat(server.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThatThrownBy(() -> PageServer.onLoopback(server.address().getPort()))
                .isInstanceOf(BindException.class);
    }

    @Test
    void clientsThatNeverReadHoldUpNobodyAndAreCutOff() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        server.add("/large", "text/plain", () -> {
            asked.incrementAndGet();
            return TOO_LARGE_FOR_ANY_BUFFER;
        });
        for (int i = 0; i < BAD_CLIENTS; i++) {
            say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        assertThat(get("/page").body()).isEqualTo("hello");

        await().atMost(PATIENCE).until(() -> asked.get() == BAD_CLIENTS && threadsThatSend() == 0);
        assertThat(get("/page").body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "GE", "GET /page HTTP/1.1\r\nHost: loc", "POST /page HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"
            })
    void clientsThatNeverFinishTheirRequestHoldUpNobodyAndAreCutOff(String begin) throws Exception {
        for (int i = 0; i < BAD_CLIENTS; i++) {
            say(begin);
        }
        assertThat(get("/page").body()).isEqualTo("hello");

        for (Socket socket : sockets) {
            awaitEnd(socket);
        }
        assertThat(get("/page").body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\r\n\r\n", "GET\r\n\r\n", "GET mailto:x HTTP/1.1\r\n\r\n", "GET : HTTP/1.1\r\n\r\n", "\0\1\2"})
    void nonsenseHarmsNobody(String nonsense) throws Exception {
        say(nonsense).shutdownOutput();

        assertThat(get("/page").body()).isEqualTo("hello");
    }

    @Test
    void aClientThatHangsUpEarlyHarmsNobody() throws Exception {
        server.add("/large", "text/plain", () -> TOO_LARGE_FOR_ANY_BUFFER);
        say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").close();

        assertThat(get("/page").body()).isEqualTo("hello");
        await().until(() -> threadsThatSend() == 0);
    }

    @Test
    void nothingIsLeftAfterClose() throws Exception {
        server.add("/large", "text/plain", () -> TOO_LARGE_FOR_ANY_BUFFER);
        say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await().until(() -> threadsThatSend() == 1);
        server.close();

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("page-server")));
        assertThatThrownBy(() -> get("/page")).isInstanceOf(IOException.class);
    }

    // ---- vocabulary

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        URI uri = URI.create(server.uri("") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .timeout(PATIENCE)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }

    /** Sends bytes and keeps the connection. */
    private Socket say(String text) throws IOException {
        Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        sockets.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static void awaitEnd(Socket socket) throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server keeps the connection", e);
        } catch (SocketException reset) {
            // another way to end
        }
    }

    private static long threadsThatSend() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Stream.of(stack).anyMatch(PageServerTest::sends))
                .count();
    }

    private static boolean sends(StackTraceElement frame) {
        return frame.getClassName().equals(PageServer.class.getName())
                && frame.getMethodName().equals("send");
    }
}
