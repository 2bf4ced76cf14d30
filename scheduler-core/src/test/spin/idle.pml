/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocol of docs/idle-protocol.md, whose step names stand in the comments: submitters and workers in every
 * interleaving. When nothing can move any more, each accepted task must have run once, and nobody may count as searching.
 *
 * Sizes:    W workers, S submitters of T tasks each.
 * Variants: CHILD      the first task submits one more, to its worker's chain
 *           SEVERAL    the same with two more; and who steals one takes the next along, to its own chain, if there is one
 *           BLOCK      each task waits until all have begun: so all must get a worker, and W must suffice;
 *                      with SEVERAL but the last one from outside, so that who runs that goes on to steal without a search
 *           HIRE       workers have no thread at first
 *           TIMEOUTS=n with HIRE, so many sleepers may time out, at any moment
 *           FAILURES=n with HIRE, so many threads can't be made; without BLOCK
 * Mutants:  NO_LOOK_AGAIN, NO_PASS_ON, CHECK_BEFORE_PUSH, ANNOUNCE_TOO_EARLY, NO_WITHDRAW, NO_RECHECK (after a withdrawal),
 *           NO_CHECK_AFTER_TRANSFER, NO_LOOK_WHEN_LEAVING, NO_LOOK_BY_LAST (once it has left), LAST_LEAVES_LIKE_OTHERS, NO_ATTENDANCE (read by
 *           submitters)
 *
 * Left out: weak memory (each step is atomic, and all see the steps in one order: the fences are jcstress's matter); the
 * compare-and-set loops on the word, and the queues, are atomic (Lincheck's matter); rounds of search after the first;
 * resizing, shutdown, the end of the stack, factories that submit. Liveness is "no stop too early", not fairness.
 */
#ifndef W
#define W 2
#endif
#ifndef S
#define S 2
#endif
#ifndef T
#define T 1
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 0
#endif
#ifndef FAILURES
#define FAILURES 0
#endif

#if TIMEOUTS
#define THREADS (W + 1)     /* one may be about to end while its worker has a new one */
#else
#define THREADS W
#endif

#define SUBMITTED (S * T)
#ifdef SEVERAL
#define CHILD
#define CHILDREN 2
#else
#define CHILDREN 1
#endif
#ifdef CHILD
#define TASKS (SUBMITTED + CHILDREN)
#define QUEUES (1 + W)      /* the submission queue, then each worker's chain */
#else
#define TASKS SUBMITTED
#define QUEUES 1            /* the chains stay empty */
#endif
#define CHAIN(worker) (1 + worker)

/* The queues: bit t for task t. */
byte queue[QUEUES];
byte pushed;
byte started[TASKS];
byte running;               /* of all tasks */

/* IdleWorkers: the word. */
byte stack[W];
byte sleepers;
byte searching;

/* WorkerStatus. */
#define NO_THREAD 0
#define AWAKE 1
#define PARKED 2
#define TIMED_OUT 3
byte status[W];
bool offStack[W];
bool hasThread[W];

/* Roster. */
bool isFree[W];
byte freeCount;
byte alive;
byte made;
byte begun;
byte lastLeaving;
byte starting;              /* bit w: a thread for worker w has been started and not begun */
bool toCount[W];            /* and it has not been counted as made */
#define MAY_HIRE (alive == begun && alive < W && freeCount > 0)
#define ATTENDED (made > lastLeaving)

byte idle;                  /* threads of this model that stand for none of the pool's */

bit stripe;                 /* the submission queue's lock */
byte firstThread;           /* the lock around the making of the first thread: who holds it, plus one */
byte timeouts = TIMEOUTS;
byte failures = FAILURES;

#define LIES_ON_STACK(worker) (status[worker] == TIMED_OUT && !offStack[worker])

inline setFree(worker) {
    status[worker] = NO_THREAD;
    offStack[worker] = false;
    assert(!isFree[worker]);
    isFree[worker] = true;
    freeCount++
}

/* Looks into one queue after the other: some = whether one was not empty. */
inline look() {
    at = 0;
    do
    :: d_step { at < QUEUES && queue[at] == 0 -> at++ }
    :: at < QUEUES && queue[at] != 0 -> some = true; break
    :: at == QUEUES -> some = false; break
    od
}

inline popFirst(q) {
    task = 0;
    do
    :: queue[q] & (1 << task) -> break
    :: else -> task++
    od;
    queue[q] = queue[q] & ~(1 << task)
}

/* Step wake, or step withdraw: woken = which. */
inline wake() {
    if
    :: atomic { status[claimed] == PARKED -> status[claimed] = AWAKE; woken = true }
    :: atomic { status[claimed] != PARKED -> assert(status[claimed] == TIMED_OUT && !offStack[claimed]); woken = false };
#ifndef NO_WITHDRAW
        searching--;
#endif
        offStack[claimed] = true;
        d_step {
            if
            :: offStack[claimed] && !hasThread[claimed] -> setFree(claimed)
            :: else
            fi
        }
    fi
}

inline claim() {
    sleepers--;
    claimed = stack[sleepers];
    stack[sleepers] = 0;
    searching++
}

/* Steps check, claim and wake: somebody = whether anybody searches or has been woken. */
inline wakeUnlessSearching(enough) {
    do
    :: searching >= enough || (searching > 0 && sleepers == 0) -> somebody = true; break
    :: searching == 0 && sleepers == 0 -> somebody = false; break
    :: d_step { searching < enough && sleepers > 0 -> claim() };
        wake();
        if
        :: woken -> somebody = true; break
#ifdef NO_RECHECK
        :: else -> somebody = true; break
#else
        :: else
#endif
        fi
    od
}

inline wakeOneUnlessSearching() {
    wakeUnlessSearching(1)
}

/* A free worker, or W. */
inline takeFree(allowed) {
    hired = W;
    if
    :: allowed && freeCount > 0 && alive < W ->
        hired = 0;
        do
        :: isFree[hired] -> break
        :: else -> hired++
        od;
        isFree[hired] = false;
        freeCount--;
        alive++;
        status[hired] = AWAKE
    :: else
    fi
}

/* By whoever comes first, the thread or its maker. */
inline countMade(whom) {
    if
    :: toCount[whom] -> toCount[whom] = false; made++
    :: else
    fi
}

/* Step hire: thrown = whether the factory failed. */
inline hire() {
    thrown = false;
    d_step { takeFree(true) };
    if
    :: hired < W ->
        if
        :: d_step { starting = starting | (1 << hired); toCount[hired] = true };
            d_step { countMade(hired) }
        :: failures > 0 ->
            d_step { failures--; thrown = true; alive--; setFree(hired) };
            look();
            if
            :: some -> wakeOneUnlessSearching()
            :: else
            fi
        fi
    :: else
    fi
}

inline signalUnlessSearching(enough) {
    wakeUnlessSearching(enough);
#ifdef HIRE
    if
    :: !somebody && MAY_HIRE ->
        if
        :: made == 0 && firstThread != _pid + 1 ->
            atomic { firstThread == 0 -> firstThread = _pid + 1 };
            hire();
            firstThread = 0
        :: else -> hire()
        fi
    :: else
    fi
#endif
}

inline signal() {
    signalUnlessSearching(1)
}

/* Takes everybody off the stack. */
inline wakeAll() {
    all = true;
    do
    :: d_step { sleepers > 0 -> claim() }; wake(); all = all && woken
    :: sleepers == 0 -> break
    od;
    if
    :: !all ->
        look();
        if
        :: some -> signal()
        :: else
        fi
    :: else
    fi
}

/* Before the first task: thrown = whether that failed. */
inline ensureOne() {
    thrown = false;
    if
    :: begun == 0 ->
        atomic { firstThread == 0 -> firstThread = _pid + 1 };
        if
        :: begun == 0 ->
            if
            :: alive + freeCount < W -> wakeAll()
            :: else
            fi;
            if
            :: made == 0 -> hire()
            :: else -> hire(); thrown = false
            fi
        :: else
        fi;
        firstThread = 0
    :: else
    fi
}

/* Step push, unless nobody attends: accepted = which. */
inline offer() {
    atomic { stripe == 0 -> stripe = 1 };
#if defined(HIRE) && !defined(NO_ATTENDANCE)
    accepted = ATTENDED;
#else
    accepted = true;
#endif
    d_step {
        if
        :: accepted -> queue[0] = queue[0] | (1 << submitted); pushed++
        :: else
        fi;
        stripe = 0
    }
}

/* Values that are not needed any more would only make states differ. */
inline forget() {
    atomic { at = 0; claimed = 0; hired = 0; some = false; woken = false; somebody = false; all = false }
}

proctype Submitter(byte first) {
    byte submitted = first;
    byte at, claimed, hired;
    bool some, woken, somebody, thrown, all, accepted;
    do
    :: submitted < first + T ->
#ifdef HIRE
        ensureOne();
        forget();
#endif
#ifdef CHECK_BEFORE_PUSH
        signalUnlessSearching(2);
#endif
        do
        :: !accepted && !thrown ->
            offer();
#ifdef HIRE
            if
            :: !accepted -> ensureOne(); forget()
            :: else
            fi
#endif
        :: accepted || thrown -> break
        od;
#ifndef CHECK_BEFORE_PUSH
        if
        :: accepted -> signalUnlessSearching(2)
        :: else
        fi;
#endif
        forget();
        atomic { accepted = false; thrown = false; submitted++ }
    :: else -> break
    od
}

/* Whether a task may end. */
#ifdef SEVERAL
#define MAY_END(task) (task == SUBMITTED - 1 || running - started[SUBMITTED - 1] == TASKS - 1)
#else
#define MAY_END(task) (running == TASKS)
#endif

inline runTask() {
    d_step {
        started[task]++;
        assert(started[task] == 1);
        running++
    }
#ifdef CHILD
    if
    :: task == 0 ->
        do
        :: child < CHILDREN ->
            d_step { queue[CHAIN(worker)] = queue[CHAIN(worker)] | (1 << (SUBMITTED + child)); pushed++; child++ };
            signal();
            forget()
        :: else -> break
        od;
        child = 0
    :: else
    fi;
#endif
#ifdef BLOCK
    MAY_END(task);
#endif
    task = 0
}

/* Takes along the next task of the chain that it has stolen one from. Until step push it is in no queue. */
inline transfer(victim) {
    d_step {
        if
        :: victim != CHAIN(worker) && queue[victim] != 0 ->
            at = 0;
            do
            :: queue[victim] & (1 << at) -> break
            :: else -> at++
            od;
            hand = 1 << at;
            queue[victim] = queue[victim] & ~hand;
            at = 0
        :: else
        fi
    }
    if
    :: hand != 0 ->
        d_step { queue[CHAIN(worker)] = queue[CHAIN(worker)] | hand; hand = 0 }; /* step push */
#ifndef NO_CHECK_AFTER_TRANSFER
        signal();
#endif
        forget()
    :: else
    fi
}

/* A task from the own chain, the submission queue or, without a search, another's: found = whether there was one. */
inline next() {
    found = false;
#ifdef CHILD
    d_step {
        if
        :: queue[CHAIN(worker)] != 0 -> found = true; popFirst(CHAIN(worker))
        :: else
        fi
    };
#endif
    if
    :: !found ->
        d_step {
            if
            :: queue[0] != 0 -> found = true; popFirst(0)
            :: else
            fi
        }
    :: else
    fi
#ifdef SEVERAL
    ;
    if
    :: !found ->
        d_step {
            at = 1;
            do
            :: at < QUEUES && queue[at] == 0 -> at++
            :: at < QUEUES && queue[at] != 0 -> found = true; victim = at; popFirst(at); break
            :: at == QUEUES -> break
            od;
            at = 0
        }
        if
        :: found -> transfer(victim)
        :: else
        fi;
        victim = 0
    :: else
    fi
#endif
}

/* A task from whatever queue. */
inline search() {
    next();
    at = 1;
    do
    :: !found && at < QUEUES ->
        d_step {
            if
            :: queue[at] != 0 -> found = true; popFirst(at)
            :: else
            fi;
            at++
        }
    :: found || at >= QUEUES -> break
    od
#ifdef SEVERAL
    ;
    if
    :: found && at > 1 -> victim = at - 1; transfer(victim); victim = 0
    :: else
    fi
#endif
}

/* From begun to free, unless it lies on the stack. */
inline endThread() {
    hasThread[worker] = false;
    if
    :: !LIES_ON_STACK(worker) -> setFree(worker)
    :: else
    fi;
    alive--;
    made--;
    begun--
}

proctype Thread(byte self) {
    byte worker, task;
    byte at, claimed, hired;
    bool some, woken, somebody, thrown, all, found, last;
#ifdef CHILD
    byte child;                 /* of those that the task submits */
#endif
#ifdef SEVERAL
    byte victim;                /* the queue that it steals from, or 0 */
    byte hand;                  /* the task between two chains, as a bit */
#endif

idles:
    atomic { worker = 0; idle = idle | (1 << self) };
end_idle:
    atomic {
        starting != 0 && (idle & ((1 << self) - 1)) == 0 -> /* the first of them, since they are all alike */
        idle = idle & ~(1 << self);
        do
        :: starting & (1 << worker) -> break
        :: else -> worker++
        od;
        starting = starting & ~(1 << worker);
        countMade(worker);
        begun++;
        hasThread[worker] = true
    }

begin:
    searching++; /* step search */

searches:
    search();
    if
    :: found ->
        d_step { searching--; last = (searching == 0) } /* step found */
#ifndef NO_PASS_ON
        if
        :: last ->
            look();
            if
            :: some -> signal() /* step pass on */
            :: else
            fi
        :: else
        fi;
#endif
        do
        :: found -> forget(); last = false; runTask(); next()
        :: !found -> break
        od;
        goto begin
    :: else
    fi;

#ifndef ANNOUNCE_TOO_EARLY
    status[worker] = PARKED;
#endif
    d_step { /* step announce */
        stack[sleepers] = worker;
        sleepers++;
        searching--;
        last = (searching == 0)
    }
#ifdef ANNOUNCE_TOO_EARLY
    status[worker] = PARKED;
#endif
#ifndef NO_LOOK_AGAIN
    if
    :: last ->
        look(); /* step look again */
        if
        :: some -> signal()
        :: else
        fi
    :: else
    fi;
#endif

    forget();
    last = false;

end_park:
    if
    :: status[worker] != PARKED -> goto searches /* it is counted already */
    :: d_step { timeouts > 0 && status[worker] == PARKED -> timeouts--; status[worker] = TIMED_OUT } /* step time out */
    fi;

    d_step { /* step leave */
#ifdef LAST_LEAVES_LIKE_OTHERS
        last = false;
#else
        last = (made - lastLeaving == 1);
#endif
        if
        :: last -> lastLeaving++
        :: else -> endThread()
        fi
    }
    if
    :: last ->
        stripe == 0; /* offers under way */
        do
        :: true ->
            look();
            if
            :: !some -> break
            :: some ->
                wakeOneUnlessSearching();
                if
                :: atomic { !LIES_ON_STACK(worker) -> lastLeaving--; offStack[worker] = false; status[worker] = AWAKE };
                    forget();
                    last = false;
                    goto begin
                :: LIES_ON_STACK(worker) /* until somebody has taken it off */
                fi
            fi
        od;
        atomic { lastLeaving--; endThread() }
#ifdef NO_LOOK_BY_LAST
        ;
        forget();
        last = false;
        goto idles
#endif
    :: else
    fi;
    last = false;

#ifndef NO_LOOK_WHEN_LEAVING
    look(); /* step look */
    if
    :: some ->
        wakeOneUnlessSearching();
        if
        :: !somebody ->
            d_step {
                takeFree(MAY_HIRE);
                if
                :: hired < W -> worker = hired; made++; begun++; hasThread[worker] = true
                :: else
                fi
            }
            if
            :: hired < W -> forget(); goto begin
            :: else
            fi
        :: else
        fi
    :: else
    fi;
#endif
    forget();
    goto idles
}

init {
    byte i;
    atomic {
        do
        :: i < W ->
#ifdef HIRE
            setFree(i);
#else
            alive++;
            starting = starting | (1 << i);
            toCount[i] = true;
#endif
            i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < THREADS -> run Thread(i); i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < S -> run Submitter(i * T); i++
        :: else -> break
        od;
    }
    timeout; /* nothing can move any more */
    i = 0;
    do
    :: i < QUEUES -> assert(queue[i] == 0); i++
    :: else -> break
    od;
    assert(searching == 0);
    assert(running == pushed);
#if FAILURES == 0
    assert(pushed == TASKS)
#endif
}
