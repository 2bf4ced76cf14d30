// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Collector;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Lucene {@link IndexSearcher} searches the segments of an index in parallel on a pool. */
class LuceneTest extends ClientTest {
    private static final int SEGMENTS = 24;
    private static final int DOCUMENTS = 250 * SEGMENTS;
    private static final int WORDS = 50;

    private static ByteBuffersDirectory directory;
    private static DirectoryReader reader;

    @BeforeAll
    static void index() throws IOException {
        directory = new ByteBuffersDirectory();
        Random random = new Random(1);
        IndexWriterConfig config = new IndexWriterConfig(new StandardAnalyzer()).setMergePolicy(NoMergePolicy.INSTANCE);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < DOCUMENTS; i++) {
                StringBuilder text = new StringBuilder();
                for (int j = 0; j < 10; j++) {
                    text.append("word").append(random.nextInt(WORDS)).append(' ');
                }
                Document document = new Document();
                document.add(new TextField("text", text.toString(), Field.Store.NO));
                document.add(new IntField("number", random.nextInt(1_000_000), Field.Store.NO));
                writer.addDocument(document);
                if ((i + 1) % (DOCUMENTS / SEGMENTS) == 0) {
                    writer.commit();
                }
            }
        }
        reader = DirectoryReader.open(directory);
        assertThat(reader.leaves()).hasSize(SEGMENTS);
    }

    @AfterAll
    static void closeIndex() throws IOException {
        reader.close();
        directory.close();
    }

    @ParameterizedTest
    @EnumSource
    void hitsAreThoseOfASearchWithoutAnExecutor(Kind kind) throws Exception {
        IndexSearcher alone = new IndexSearcher(reader);
        IndexSearcher parallel = new BySegment(make(kind, 4));
        Sort sort = new Sort(new SortedNumericSortField("number", SortField.Type.INT), SortField.FIELD_DOC);
        for (int i = 0; i < WORDS; i++) {
            Query query = query(i);
            assertSame(hits(parallel, query), hits(alone, query));
            assertSame(parallel.search(query, 50, sort), alone.search(query, 50, sort));
            assertThat(parallel.count(query)).isEqualTo(alone.count(query));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDefaultSlicesGiveTheSameHitsToo(Kind kind) throws Exception {
        IndexSearcher alone = new IndexSearcher(reader);
        IndexSearcher parallel = new IndexSearcher(reader, make(kind, 2));
        assertThat(parallel.getSlices()).hasSizeGreaterThan(1);
        for (int i = 0; i < WORDS; i++) {
            assertSame(hits(parallel, query(i)), hits(alone, query(i)));
        }
    }

    /** The thread that searches takes part, so the segments need one thread less than there are. */
    @ParameterizedTest
    @EnumSource
    void allSegmentsAreSearchedAtOnceIfThereAreThreads(Kind kind) throws Exception {
        Set<String> places = places();
        CyclicBarrier barrier = new CyclicBarrier(SEGMENTS);
        int counted = new BySegment(make(kind, SEGMENTS - 1)).search(new MatchAllDocsQuery(), new Counting(() -> {
            places.add(here());
            await(barrier);
        }));
        assertThat(counted).isEqualTo(DOCUMENTS);
        assertThat(places).hasSize(SEGMENTS).contains(here());
        places.remove(here());
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureInOneSegmentReachesTheSearcher(Kind kind) throws Exception {
        IndexSearcher parallel = new BySegment(make(kind, 3));
        Counting failing = new Counting(() -> {
            throw new IllegalStateException("on purpose");
        });
        assertThatThrownBy(() -> parallel.search(new MatchAllDocsQuery(), failing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("on purpose");
        assertThat(parallel.count(new MatchAllDocsQuery())).isEqualTo(DOCUMENTS);
    }

    @ParameterizedTest
    @EnumSource
    void tasksMaySearchOnTheirOwnPool(Kind kind) throws Exception {
        IndexSearcher alone = new IndexSearcher(reader);
        for (int n : new int[] {1, 4}) {
            ExecutorService pool = make(kind, n);
            IndexSearcher parallel = new BySegment(pool);
            List<CompletableFuture<TopDocs>> searches = IntStream.range(0, 2 * WORDS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> hits(parallel, query(i % WORDS)), pool))
                    .toList();
            for (int i = 0; i < searches.size(); i++) {
                assertSame(get(searches.get(i)), hits(alone, query(i % WORDS)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterShutdownTheCallerSearchesAlone(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        IndexSearcher parallel = new BySegment(pool);
        shutdownAndAwait(pool);
        Set<String> places = places();
        assertThat(parallel.search(new MatchAllDocsQuery(), new Counting(() -> places.add(here()))))
                .isEqualTo(DOCUMENTS);
        assertThat(places).containsExactly(here());
    }

    private static Query query(int number) {
        return new BooleanQuery.Builder()
                .add(new TermQuery(new Term("text", "word" + number)), BooleanClause.Occur.SHOULD)
                .add(new TermQuery(new Term("text", "word" + (number + 7) % WORDS)), BooleanClause.Occur.SHOULD)
                .add(IntField.newRangeQuery("number", 0, 900_000), BooleanClause.Occur.FILTER)
                .build();
    }

    /** The best hits, and the exact number of all. */
    private static TopDocs hits(IndexSearcher searcher, Query query) {
        try {
            return searcher.search(query, new TopScoreDocCollectorManager(100, Integer.MAX_VALUE));
        } catch (IOException e) {
            throw new AssertionError("in memory", e);
        }
    }

    private static void assertSame(TopDocs actual, TopDocs expected) {
        assertThat(expected.scoreDocs).isNotEmpty();
        assertThat(actual.totalHits).isEqualTo(expected.totalHits);
        assertThat(Arrays.stream(actual.scoreDocs).map(hit -> hit.doc + ": " + hit.score))
                .containsExactlyElementsOf(Arrays.stream(expected.scoreDocs)
                        .map(hit -> hit.doc + ": " + hit.score)
                        .toList());
    }

    /** Searches each segment in a task of its own; by default Lucene puts several small ones in one. */
    private static final class BySegment extends IndexSearcher {
        BySegment(Executor pool) {
            super(reader, pool);
        }

        @Override
        protected LeafSlice[] slices(List<LeafReaderContext> leaves) {
            return slices(leaves, 1, 1);
        }
    }

    /** Counts documents, and does something at the start of each segment. */
    private record Counting(Runnable atStart) implements CollectorManager<Counting.Count, Integer> {
        @Override
        public Count newCollector() {
            return new Count(atStart);
        }

        @Override
        public Integer reduce(Collection<Count> counts) {
            return counts.stream().mapToInt(count -> count.documents).sum();
        }

        private static final class Count extends SimpleCollector implements Collector {
            private final Runnable atStart;
            private int documents;

            Count(Runnable atStart) {
                this.atStart = atStart;
            }

            @Override
            protected void doSetNextReader(LeafReaderContext context) {
                atStart.run();
            }

            @Override
            public void collect(int doc) {
                documents++;
            }

            @Override
            public ScoreMode scoreMode() {
                return ScoreMode.COMPLETE_NO_SCORES;
            }
        }
    }
}
