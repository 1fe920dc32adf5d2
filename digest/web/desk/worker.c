/* Does the desk's longer tasks in a thread, one after another. */
#include "digest/web/desk/worker.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/access/audit.h"
#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"

enum { KEPT = 100, WAITING_MAX = 20, WAITING_EACH = 5 };

struct item {
    int64_t id; /* 0: free */
    struct desk_work work;
    char *title, *back, *who;
    char *action, *object, *note, *client;
    enum work_state state;
    struct work_run run;
    char *text;
};

struct worker {
    const struct conf *conf;
    const struct token_keys *keys;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t busy;
    pthread_cond_t more;
    bool stop, is_held;
    struct item items[KEPT]; /* item of id at id % KEPT */
    int64_t newest, next;    /* the last taken, the next to be done */
    int64_t released;        /* the last that may be done */
};

struct worker *worker_new(const struct conf *conf,
                          const struct token_keys *keys)
{
    struct worker *worker = MEM_NEW(struct worker);
    worker->conf = conf;
    worker->keys = keys;
    worker->next = 1;
    pthread_mutex_init(&worker->busy, NULL);
    pthread_cond_init(&worker->more, NULL);
    return worker;
}

static void drop(struct item *item)
{
    if (item->work.free && item->work.argument)
        item->work.free(item->work.argument);
    item->work.argument = NULL;
    strbuf_free(&item->run.said);
    if (item->run.file)
        fclose(item->run.file);
    free(item->title);
    free(item->back);
    free(item->who);
    free(item->action);
    free(item->object);
    free(item->note);
    free(item->client);
    free(item->text);
    *item = (struct item){0};
}

/* ---- the thread ---- */

struct tools {
    struct db *db;
    struct template_set *templates;
};

static bool get_tools(struct worker *worker, struct tools *tools,
                      struct err *err)
{
    if (tools->db)
        return true;
    OWNED(mem_free) char *folder = file_join(worker->conf->folder, "templates");
    tools->templates = template_set_new(file_is_folder(folder) ? folder : NULL);
    return db_open(worker->conf->database_path, DB_OPEN, &tools->db, err);
}

static void set_back(struct worker *worker, struct item *item)
{
    if (!item->run.back)
        return;
    pthread_mutex_lock(&worker->busy);
    free(item->back);
    item->back = mem_copy(item->run.back);
    item->run.back = NULL;
    pthread_mutex_unlock(&worker->busy);
}

static bool work(struct worker *worker, struct item *item, struct tools *tools,
                 struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    if (!get_tools(worker, tools, err))
        return false;
    item->run.conductor = (struct conductor){
        .conf = worker->conf,
        .db = tools->db,
        .templates = tools->templates,
        .keys = worker->keys,
    };
    item->run.arena = &arena;
    bool good = item->work.run(&item->run, item->work.argument, err);
    set_back(worker, item);
    return good;
}

/* The activity log says what was done, once it is, and what became of it. */
static void put_on_record(const struct item *item, struct tools *tools,
                          bool good, const struct err *failed)
{
    OWNED(strbuf_free) struct strbuf note = STRBUF_INIT;
    struct err err = {0};
    strbuf_add_text(&note, item->note);
    if (!good)
        strbuf_add_format(&note, "%swhich failed: %s", note.len ? ", " : "",
                          failed->text);
    struct audit_line line = {
        .at = clock_now(),
        .who = item->who,
        .action = item->action,
        .object = item->object,
        .note = strbuf_text(&note),
        .client = item->client,
    };
    if (!tools->db || !audit_add(tools->db, &line, &err))
        log_warning("web: not in the activity log: %s %s %s %s", item->who,
                    item->action, item->object, strbuf_text(&note));
}

static void finish(struct worker *worker, struct item *item, bool good,
                   const struct err *err)
{
    pthread_mutex_lock(&worker->busy);
    item->text = mem_copy(good ? strbuf_text(&item->run.said) : err->text);
    item->state = good ? WORK_DONE : WORK_FAILED;
    if (item->work.free)
        item->work.free(item->work.argument);
    item->work.argument = NULL;
    pthread_mutex_unlock(&worker->busy);
    if (!good)
        log_warning("web: %s, for %s: %s", item->title, item->who, err->text);
}

static struct item *wait_for_more(struct worker *worker)
{
    struct item *item = NULL;
    pthread_mutex_lock(&worker->busy);
    while (!worker->stop && worker->next > worker->released)
        pthread_cond_wait(&worker->more, &worker->busy);
    if (!worker->stop) {
        item = &worker->items[worker->next++ % KEPT];
        item->state = WORK_RUNNING;
    }
    pthread_mutex_unlock(&worker->busy);
    return item;
}

static void *live(void *context)
{
    struct worker *worker = context;
    struct tools tools = {0};
    struct item *item;
    while ((item = wait_for_more(worker))) {
        struct err err = {0};
        bool good = work(worker, item, &tools, &err);
        put_on_record(item, &tools, good, &err);
        finish(worker, item, good, &err);
    }
    template_set_free(tools.templates);
    db_close(tools.db);
    return NULL;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->busy);
    worker->stop = true;
    pthread_cond_signal(&worker->more);
    pthread_mutex_unlock(&worker->busy);
    if (worker->is_running)
        pthread_join(worker->thread, NULL);
    for (int64_t id = worker->next; id <= worker->released; id++)
        log_warning("web: %s, for %s: not begun, as the server ends",
                    worker->items[id % KEPT].title,
                    worker->items[id % KEPT].who);
    for (size_t i = 0; i < KEPT; i++)
        drop(&worker->items[i]);
    pthread_cond_destroy(&worker->more);
    pthread_mutex_destroy(&worker->busy);
    free(worker);
}

/* ---- from the pages ---- */

static bool fail_full(const struct desk_work *work, bool all, struct err *err)
{
    if (work->free)
        work->free(work->argument);
    return err_set(err, ERR_TEMPORARY,
                   all ? "too much is being done already; try again in a minute"
                       : "five things of yours wait already; try again when "
                         "one is done");
}

/* The thread never reads a slot that is taken anew: as many may be kept as
 * may wait, and more. */
static int64_t put(struct worker *worker, const struct desk_work *work)
{
    int64_t id = ++worker->newest;
    struct item *item = &worker->items[id % KEPT];
    drop(item);
    item->id = id;
    item->work = *work;
    item->title = mem_copy(work->title);
    item->back = mem_copy(work->back);
    item->who = mem_copy(work->who);
    item->action = mem_copy(work->action);
    item->object = mem_copy(work->object);
    item->note = mem_copy(work->note);
    item->client = mem_copy(work->client);
    return id;
}

/* The lock is held. */
static void begin_released(struct worker *worker)
{
    worker->released = worker->newest;
    if (worker->next <= worker->released && !worker->is_running)
        worker->is_running =
            pthread_create(&worker->thread, NULL, live, worker) == 0;
    pthread_cond_signal(&worker->more);
}

static bool is_full(const struct worker *worker, const char *who, bool *all)
{
    int64_t theirs = 0;
    for (int64_t id = worker->next; id <= worker->newest; id++)
        theirs += strcmp(worker->items[id % KEPT].who, who) == 0;
    *all = worker->newest - worker->next >= WAITING_MAX;
    return *all || theirs >= WAITING_EACH;
}

bool worker_add(struct worker *worker, const struct desk_work *work,
                int64_t *id, struct err *err)
{
    bool all;
    pthread_mutex_lock(&worker->busy);
    bool full = is_full(worker, work->who, &all);
    if (!full)
        *id = put(worker, work);
    if (!worker->is_held)
        begin_released(worker);
    pthread_mutex_unlock(&worker->busy);
    return full ? fail_full(work, all, err) : true;
}

void worker_hold(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->busy);
    worker->is_held = true;
    pthread_mutex_unlock(&worker->busy);
}

void worker_release(struct worker *worker, bool keep)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->busy);
    worker->is_held = false;
    for (; !keep && worker->newest > worker->released; worker->newest--)
        drop(&worker->items[worker->newest % KEPT]);
    begin_released(worker);
    pthread_mutex_unlock(&worker->busy);
}

/* The lock is held. */
static struct item *find(struct worker *worker, int64_t id, const char *who)
{
    struct item *item = &worker->items[id > 0 ? id % KEPT : 0];
    return id > 0 && item->id == id && strcmp(item->who, who) == 0 ? item
                                                                   : NULL;
}

bool worker_get(struct worker *worker, int64_t id, const char *who,
                struct arena *arena, struct work_status *out, struct err *err)
{
    pthread_mutex_lock(&worker->busy);
    struct item *item = find(worker, id, who);
    if (item) {
        *out = (struct work_status){
            .state = item->state,
            .title = arena_copy(arena, item->title),
            .back = arena_copy(arena, item->back),
            .text = arena_copy(arena, item->text ? item->text : ""),
            .done = atomic_load(&item->run.done),
            .total = atomic_load(&item->run.total),
            .goes_on = item->work.goes_on,
            .has_file = item->state == WORK_DONE && item->run.file,
        };
    }
    pthread_mutex_unlock(&worker->busy);
    return item || err_set(err, ERR_NOT_FOUND,
                           "this was done long ago, or never begun");
}

bool worker_get_file(struct worker *worker, int64_t id, const char *who,
                     int *fd, size_t *size, struct err *err)
{
    struct stat stat;
    *fd = -1;
    pthread_mutex_lock(&worker->busy);
    struct item *item = find(worker, id, who);
    if (item && item->state == WORK_DONE && item->run.file)
        *fd = dup(fileno(item->run.file));
    pthread_mutex_unlock(&worker->busy);
    if (*fd < 0 || fstat(*fd, &stat) != 0)
        return err_set(err, ERR_NOT_FOUND,
                       "this file is gone; have it made again");
    *size = (size_t)stat.st_size;
    return true;
}
