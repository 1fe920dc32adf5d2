/* Splices and signs messages in threads, ahead of their turn. */
#include "digest/delivery/prepare_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "digest/base/mem.h"

enum { RING = PREPARE_RING, WORKERS_MAX = 8 };
enum { FREE, QUEUED, WORKING, READY };

struct worker {
    pthread_t thread;
    struct dkim_signer *signer;
    struct prepare *prepare;
};

struct prepare {
    struct prepared ring[RING];
    size_t first, count; /* those submitted, oldest first */
    const struct signing *signing;
    int64_t at;
    struct worker workers[WORKERS_MAX];
    size_t worker_count;
    pthread_mutex_t mutex;
    pthread_cond_t work;
    int wake_fd;
    bool waiting, stopping;
};

static void splice(const struct prepare *p, struct prepared *item,
                   struct strbuf *out)
{
    struct build_recipient to = {.email = strbuf_str(&item->to),
                                 .name = strbuf_str(&item->name)};
    strbuf_cut(out, 0);
    if (p->signing)
        signing_add_fields(p->signing, out);
    item->good =
        build_splice(item->message, &to, &item->values, out, &item->err);
}

/* The signature stands before the message. */
static void splice_and_sign(struct worker *worker, struct prepared *item)
{
    splice(worker->prepare, item, &item->unsigned_bytes);
    strbuf_cut(&item->bytes, 0);
    if (!item->good)
        return;
    struct str message = strbuf_str(&item->unsigned_bytes);
    item->good = dkim_sign(worker->signer, message, worker->prepare->at,
                           &item->bytes, &item->err);
    strbuf_add_str(&item->bytes, message);
}

static struct prepared *oldest_queued(struct prepare *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct prepared *item = &p->ring[(p->first + i) % RING];
        if (item->state == QUEUED)
            return item;
    }
    return NULL;
}

static void announce(struct prepare *p)
{
    uint64_t one = 1;
    if (!p->waiting || p->ring[p->first].state != READY)
        return;
    p->waiting = false;
    if (write(p->wake_fd, &one, sizeof one) < 0)
        abort(); /* an eventfd takes it */
}

static void *run_worker(void *context)
{
    struct worker *worker = context;
    struct prepare *p = worker->prepare;
    pthread_mutex_lock(&p->mutex);
    for (;;) {
        struct prepared *item = oldest_queued(p);
        if (p->stopping)
            break;
        if (!item) {
            pthread_cond_wait(&p->work, &p->mutex);
            continue;
        }
        item->state = WORKING;
        pthread_mutex_unlock(&p->mutex);
        splice_and_sign(worker, item);
        pthread_mutex_lock(&p->mutex);
        item->state = READY;
        announce(p);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

static bool start_workers(struct prepare *p, struct err *err)
{
    const struct signing *signing = p->signing;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = cpus < 1             ? 1
                    : cpus > WORKERS_MAX ? WORKERS_MAX
                                         : (size_t)cpus;
    p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->wake_fd < 0)
        return err_set(err, ERR_IO, "no event descriptor to be had");
    for (size_t i = 0; i < wanted; i++) {
        struct worker *worker = &p->workers[i];
        worker->prepare = p;
        if (!dkim_signer_new((const struct dkim_key *const *)signing->keys,
                             signing->count, &worker->signer, err))
            return false;
        if (pthread_create(&worker->thread, NULL, run_worker, worker) != 0) {
            dkim_signer_free(worker->signer);
            return err_set(err, ERR_IO, "no thread for signing to be had");
        }
        p->worker_count++;
    }
    return true;
}

bool prepare_new(const struct signing *signing, int64_t at,
                 struct prepare **out, struct err *err)
{
    struct prepare *p = MEM_NEW(struct prepare);
    p->signing = signing;
    p->at = at;
    p->wake_fd = -1;
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->work, NULL);
    if (signing && signing->count && !start_workers(p, err)) {
        prepare_free(p);
        return false;
    }
    *out = p;
    return true;
}

static void stop_workers(struct prepare *p)
{
    pthread_mutex_lock(&p->mutex);
    p->stopping = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->mutex);
    for (size_t i = 0; i < p->worker_count; i++) {
        pthread_join(p->workers[i].thread, NULL);
        dkim_signer_free(p->workers[i].signer);
    }
}

void prepare_free(struct prepare *p)
{
    if (!p)
        return;
    stop_workers(p);
    for (size_t i = 0; i < RING; i++) {
        strbuf_free(&p->ring[i].from);
        strbuf_free(&p->ring[i].to);
        strbuf_free(&p->ring[i].name);
        strbuf_free(&p->ring[i].bytes);
        strbuf_free(&p->ring[i].unsigned_bytes);
        build_values_free(&p->ring[i].values);
    }
    if (p->wake_fd >= 0)
        close(p->wake_fd);
    pthread_mutex_destroy(&p->mutex);
    pthread_cond_destroy(&p->work);
    free(p);
}

struct prepared *prepare_place(struct prepare *p)
{
    if (p->count == RING)
        return NULL;
    struct prepared *item = &p->ring[(p->first + p->count) % RING];
    item->is_made = item->utf8 = false;
    item->good = true;
    item->err = (struct err){0};
    return item;
}

void prepare_submit(struct prepare *p)
{
    struct prepared *item = &p->ring[(p->first + p->count) % RING];
    bool is_ready = item->is_made || !item->good;
    if (!is_ready && !p->worker_count)
        splice(p, item, &item->bytes);
    pthread_mutex_lock(&p->mutex);
    item->state = is_ready || !p->worker_count ? READY : QUEUED;
    p->count++;
    if (item->state == QUEUED)
        pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->mutex);
}

static void clear_wake(struct prepare *p)
{
    uint64_t count;
    if (read(p->wake_fd, &count, sizeof count) < 0)
        return; /* nothing was announced */
}

struct prepared *prepare_take(struct prepare *p)
{
    struct prepared *item = &p->ring[p->first];
    if (!p->count)
        return NULL;
    if (!p->worker_count)
        return item;
    pthread_mutex_lock(&p->mutex);
    bool ready = item->state == READY;
    if (!ready) {
        clear_wake(p);
        p->waiting = true;
    }
    pthread_mutex_unlock(&p->mutex);
    return ready ? item : NULL;
}

void prepare_drop(struct prepare *p)
{
    pthread_mutex_lock(&p->mutex);
    p->ring[p->first].state = FREE;
    p->first = (p->first + 1) % RING;
    p->count--;
    pthread_mutex_unlock(&p->mutex);
}

static void swap(struct strbuf *a, struct strbuf *b)
{
    struct strbuf kept = *a;
    *a = *b;
    *b = kept;
}

void prepared_set(struct strbuf *buf, struct str text)
{
    strbuf_cut(buf, 0);
    strbuf_add_str(buf, text);
}

bool prepared_needs_utf8(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return true;
    return false;
}

void prepared_hand_over(struct prepared *item, struct sender_job *job)
{
    job->id = item->item.id;
    swap(&job->message, &item->bytes);
    prepared_set(&job->from, strbuf_str(&item->from));
    prepared_set(&job->to, strbuf_str(&item->to));
    job->utf8 = item->utf8;
}

bool prepare_is_empty(struct prepare *p)
{
    return p->count == 0;
}

int prepare_wake_fd(const struct prepare *p)
{
    return p->wake_fd;
}
