// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Jetty connector accepts, selects and handles requests on a pool that is given to its constructor. Jetty's own {@code
 * ExecutorThreadPool} takes a {@code ThreadPoolExecutor} only.
 */
class JettyTest extends ClientTest {
    private static final int REQUESTS = 400;

    /** Threads that a connector keeps: one accepts, the other selects. */
    private static final int KEPT = 2;

    private final Server server = new Server();
    private ServerConnector connector;

    @AfterEach
    void stopServer() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @EnumSource
    void handlersThatWaitForEachOtherAnswerAllRequests(Kind kind) throws Exception {
        int n = 8;
        CyclicBarrier barrier = new CyclicBarrier(n);
        Set<String> places = places();
        start(make(kind, KEPT + n), query -> {
            places.add(here());
            await(barrier);
            return query;
        });
        List<CompletableFuture<HttpResponse<String>>> responses = sendAll();
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> response = get(responses.get(i));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("" + i);
        }
        assertThat(places).hasSizeGreaterThanOrEqualTo(n);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void oneThreadBesidesThoseKeptIsEnough(Kind kind) throws Exception {
        start(make(kind, KEPT + 1), query -> query);
        for (CompletableFuture<HttpResponse<String>> response : sendAll()) {
            assertThat(get(response).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatThrowsCostsItsOwnRequestOnly(Kind kind) throws Exception {
        start(make(kind, KEPT + 2), query -> {
            if (Integer.parseInt(query) % 2 == 0) {
                throw new IllegalStateException("on purpose");
            }
            return query;
        });
        int i = 0;
        for (CompletableFuture<HttpResponse<String>> response : sendAll()) {
            assertThat(get(response).statusCode()).isEqualTo(i % 2 == 0 ? 500 : 200);
            i++;
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePoolOutlivesTheServer(Kind kind) throws Exception {
        ExecutorService pool = make(kind, KEPT + 1);
        start(pool, query -> query);
        for (CompletableFuture<HttpResponse<String>> response : sendAll()) {
            get(response);
        }
        server.stop();
        assertThat(pool.isShutdown()).isFalse();
        CyclicBarrier allFree = new CyclicBarrier(KEPT + 1);
        List<Future<?>> meetings = new ArrayList<>();
        for (int i = 0; i < KEPT + 1; i++) {
            meetings.add(pool.submit(() -> await(allFree)));
        }
        for (Future<?> meeting : meetings) {
            get(meeting);
        }
        shutdownAndAwait(pool);
    }

    private void start(ExecutorService pool, UnaryOperator<String> answers) throws Exception {
        connector = new ServerConnector(server, pool, null, null, 1, 1, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(REQUESTS);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                String answer = answers.apply(request.getHttpURI().getQuery());
                response.setStatus(200);
                Content.Sink.write(response, true, answer, callback);
                return true;
            }
        });
        server.start();
    }

    private List<CompletableFuture<HttpResponse<String>>> sendAll() {
        HttpClient client = HttpClient.newHttpClient();
        return IntStream.range(0, REQUESTS)
                .mapToObj(i -> client.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/?" + i))
                                .version(HttpClient.Version.HTTP_1_1)
                                .timeout(Duration.ofSeconds(HANG_SECONDS))
                                .build(),
                        BodyHandlers.ofString()))
                .toList();
    }
}
