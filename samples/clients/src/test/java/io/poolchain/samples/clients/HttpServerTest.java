// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's {@link HttpServer} and {@link HttpClient} run on a pool that is given to them. */
class HttpServerTest extends ClientTest {
    private static final int REQUESTS = 400;

    private HttpServer server;

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    void handlersThatWaitForEachOtherAnswerAllRequests(Kind kind) throws Exception {
        int n = 8;
        ExecutorService pool = make(kind, n);
        CyclicBarrier barrier = new CyclicBarrier(n);
        Set<String> places = places();
        start(pool, exchange -> {
            places.add(here());
            await(barrier);
            byte[] answer = exchange.getRequestURI().getQuery().getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        assertAllAnswered(HttpClient.newHttpClient());
        assertThat(places).hasSize(n);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatThrowsCostsItsOwnRequestOnly(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        start(pool, exchange -> {
            String query = exchange.getRequestURI().getQuery();
            if (Integer.parseInt(query) % 2 == 0) {
                throw new IllegalStateException("on purpose");
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        HttpClient client = HttpClient.newHttpClient();
        int answered = 0;
        for (CompletableFuture<Integer> status : IntStream.range(0, REQUESTS)
                .mapToObj(i -> client.sendAsync(request(i), BodyHandlers.discarding())
                        .handle((response, thrown) -> thrown == null ? response.statusCode() : -1))
                .toList()) {
            answered += get(status) == 204 ? 1 : 0;
        }
        assertThat(answered).isEqualTo(REQUESTS / 2);
    }

    @ParameterizedTest
    @EnumSource
    void thePoolOutlivesTheServer(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        start(pool, exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        assertThat(HttpClient.newHttpClient()
                        .send(request(1), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(204);
        server.stop(0);
        assertThat(get(pool.submit(() -> "runs"))).isEqualTo("runs");
        shutdownAndAwait(pool);
    }

    @ParameterizedTest
    @EnumSource
    void theClientRunsOnAPoolToo(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        start(make(kind, 4), exchange -> {
            byte[] answer = exchange.getRequestURI().getQuery().getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        HttpClient client = HttpClient.newBuilder().executor(pool).build();
        assertAllAnswered(client);
        Set<String> places = places();
        HttpResponse<String> response = get(client.sendAsync(request(1), info -> {
            places.add(here());
            return BodyHandlers.ofString().apply(info);
        }));
        assertThat(response.body()).isEqualTo("1");
        assertOnPool(places);
    }

    private void start(ExecutorService pool, HttpHandler handler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), REQUESTS);
        server.createContext("/", handler);
        server.setExecutor(pool);
        server.start();
    }

    private HttpRequest request(int number) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/?" + number))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(HANG_SECONDS))
                .build();
    }

    private void assertAllAnswered(HttpClient client) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> responses = IntStream.range(0, REQUESTS)
                .mapToObj(i -> client.sendAsync(request(i), BodyHandlers.ofString()))
                .toList();
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> response = get(responses.get(i));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("" + i);
        }
    }
}
