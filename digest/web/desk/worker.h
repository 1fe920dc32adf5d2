/* The worker: a thread for what takes longer than a page may, such as
 * fetching a source, reading a list of readers in, or sending a test copy.
 *
 * It has a database handle and templates of its own, takes one thing after
 * another, and keeps what became of the last hundred in memory.
 */
#ifndef DIGEST_WEB_DESK_WORKER_H
#define DIGEST_WEB_DESK_WORKER_H

#include <stdatomic.h>
#include <stdio.h>

#include "digest/base/conf.h"
#include "digest/delivery/conductor.h"

struct worker;

/* The run of a piece of work, and what it is given. */
struct work_run {
    struct conductor conductor;  /* the thread's own db and templates */
    struct arena *arena;         /* until the work is done */
    struct strbuf said;          /* what the editor reads when it is done */
    _Atomic int64_t done, total; /* how far it is; total 0: unknown */
    const char *back; /* where to go on, known now alone (in the arena, or
                         static); NULL: the work's own */
    FILE *file; /* what is to be fetched when it is done, without a name of
                   its own (tmpfile); NULL: nothing. Closed by the worker */
};

/* A piece of work. */
struct desk_work {
    const char *title; /* "Fetching example.org"; copied */
    const char *back;  /* the desk's page to go on with; copied */
    bool goes_on;      /* it is gone to without asking when it is done well */
    const char *who;   /* an editor's address; copied */
    /* The activity log's line when it is over: action, object, note and client;
     * all copied. */
    const char *action, *object, *note, *client;
    bool (*run)(struct work_run *run, void *argument, struct err *err);
    void (*free)(void *argument); /* NULL: nothing to free */
    void *argument;               /* owned from here on */
    int64_t id;                   /* set by work_start: work/ID is its page */
};

/* Borrows both until worker_free. The thread starts with the first work. */
struct worker *worker_new(const struct conf *conf,
                          const struct token_keys *keys);
/* Lets what is being done end; what waits is dropped, and the log says so. */
void worker_free(struct worker *worker);

/* Holds the worker: nothing new is begun until worker_release: then all of it,
 * or with `keep` false none, as the transaction that it was asked for in wasn't
 * kept. */
void worker_hold(struct worker *worker);
void worker_release(struct worker *worker, bool keep);

/* Takes a piece of work. *id names it. Fails: TEMPORARY (too much waits, in
 * all or of one editor's: the argument is freed). */
FALLIBLE bool worker_add(struct worker *worker, const struct desk_work *work,
                         int64_t *id, struct err *err);

enum work_state { WORK_WAITING, WORK_RUNNING, WORK_DONE, WORK_FAILED };
struct work_status {
    enum work_state state;
    const char *title, *back, *text; /* in the arena */
    int64_t done, total;
    bool has_file, goes_on;
};
/* Gets a piece of work, only for whoever had it done: it may tell of readers.
 * Fails: NOT_FOUND (none, not theirs, or long ago). */
FALLIBLE bool worker_get(struct worker *worker, int64_t id, const char *who,
                         struct arena *arena, struct work_status *out,
                         struct err *err);

/* A descriptor of a work's file, for the caller to close, and its size.
 * Fails: NOT_FOUND. */
FALLIBLE bool worker_get_file(struct worker *worker, int64_t id,
                              const char *who, int *fd, size_t *size,
                              struct err *err);

#endif
