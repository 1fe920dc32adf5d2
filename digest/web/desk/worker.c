#include "digest/web/desk/worker.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"

enum { KEPT = 100, WAITING_MAX = 20 };

struct item {
    int64_t id; /* 0: free */
    struct work work;
    char *title, *back, *who;
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
    bool stop;
    struct item items[KEPT]; /* item of id at id % KEPT */
    int64_t newest, next;    /* the last taken, the next to be done */
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
    while (!worker->stop && worker->next > worker->newest)
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
    for (size_t i = 0; i < KEPT; i++)
        drop(&worker->items[i]);
    pthread_cond_destroy(&worker->more);
    pthread_mutex_destroy(&worker->busy);
    free(worker);
}

/* ---- from the pages ---- */

static bool fail_full(const struct work *work, struct err *err)
{
    if (work->free)
        work->free(work->argument);
    return err_set(err, ERR_TEMPORARY,
                   "too much is being done already; try again in a minute");
}

/* The thread never reads a slot that is taken anew: as many may be kept as
 * may wait, and more. */
static int64_t put(struct worker *worker, const struct work *work)
{
    int64_t id = ++worker->newest;
    struct item *item = &worker->items[id % KEPT];
    drop(item);
    item->id = id;
    item->work = *work;
    item->title = mem_copy(work->title);
    item->back = mem_copy(work->back);
    item->who = mem_copy(work->who);
    return id;
}

bool worker_add(struct worker *worker, const struct work *work, int64_t *id,
                struct err *err)
{
    pthread_mutex_lock(&worker->busy);
    bool full = worker->newest - worker->next >= WAITING_MAX;
    if (!full)
        *id = put(worker, work);
    if (!full && !worker->is_running)
        worker->is_running =
            pthread_create(&worker->thread, NULL, live, worker) == 0;
    pthread_cond_signal(&worker->more);
    pthread_mutex_unlock(&worker->busy);
    return full ? fail_full(work, err) : true;
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
