// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * The order in which a thief visits the other workers: each exactly once per round, from a random one on, with a random
 * stride that has no factor in common with their number. Owned by one worker; no allocation per round.
 */
final class Victims {
    private final int self;
    private final int others;
    private final int[] strides;

    /** State of a xorshift generator (Marsaglia 2003, triple 13, 17, 5); never 0. */
    private int random;

    private int position;
    private int stride;
    private int left;

    /** The victim of the last turn, as an index among the others. */
    private int turn;

    Victims(int self, int workers, int seed) {
        this.self = self;
        this.others = workers - 1;
        this.strides = coprimes(others);
        this.random = seed == 0 ? 1 : seed;
    }

    /** Begins a round in a new random order. */
    void shuffle() {
        left = others;
        if (others > 0) {
            position = nextRandom(others);
            stride = strides[nextRandom(strides.length)];
        }
    }

    boolean hasNext() {
        return left > 0;
    }

    /** The next victim of this round. */
    int next() {
        left--;
        position = (position + stride) % others;
        return worker(position);
    }

    /** The next victim in fixed rotation, independent of rounds: each one is named once in as many calls as there are. */
    int nextInTurn() {
        turn = (turn + 1) % others;
        return worker(turn);
    }

    int others() {
        return others;
    }

    int workers() {
        return others + 1;
    }

    private int worker(int other) {
        return other < self ? other : other + 1;
    }

    private int nextRandom(int bound) {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        return (random >>> 1) % bound;
    }

    /** Up to 16 strides are enough to be unpredictable, and keep a thousand workers from a thousand long tables. */
    private static int[] coprimes(int n) {
        int[] found = new int[16];
        int count = 0;
        for (int candidate = 1; candidate <= n && count < found.length; candidate++) {
            if (gcd(candidate, n) == 1) {
                found[count++] = candidate;
            }
        }
        return java.util.Arrays.copyOf(found, count);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
