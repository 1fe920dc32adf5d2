/* Sorts an import's rows by address, in runs on disk where they are many. */
#include "subscribers/consent/import_spool_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

enum {
    CHUNK = 8 << 20,    /* sorted in memory at once */
    READ_SIZE = 1 << 16 /* of each sorted run; longer than any row */
};

enum { TEXT_COUNT = 8 };

/* How a row lies in the chunk and in the file: this, then its texts, each
 * with its NUL, the key first; padded. */
struct record {
    uint32_t size;
    uint32_t line;
    int64_t newsletter_id, since, created;
    int32_t state;
    uint32_t key_length;
};
enum { ALIGN = 8 };

/* The key's first bytes as a number, so that most comparisons are one. */
struct ref {
    uint64_t begin;
    size_t offset;
};

struct run {
    off_t at, end;
    char *buffer;
    size_t from, until; /* what is read and not yet given */
};

struct import_spool {
    char *folder;
    int fd; /* -1: no file yet */
    off_t written;
    char *chunk;
    size_t used;
    struct ref *refs;
    size_t ref_count, ref_capacity, ref_next;
    bool sorted;
    struct run *runs;
    size_t run_count, run_capacity;
    struct run *given; /* whose first record is in use */
};

struct import_spool *import_spool_new(const char *folder)
{
    struct import_spool *spool = MEM_NEW(struct import_spool);
    spool->folder = mem_copy(folder);
    spool->fd = -1;
    spool->chunk = MEM_NEW_ARRAY(char, CHUNK);
    return spool;
}

void import_spool_free(struct import_spool *spool)
{
    if (!spool)
        return;
    for (size_t i = 0; i < spool->run_count; i++)
        free(spool->runs[i].buffer);
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool->runs);
    free(spool->refs);
    free(spool->chunk);
    free(spool->folder);
    free(spool);
}

void import_spool_release(struct import_spool **spool)
{
    import_spool_free(*spool);
    *spool = NULL;
}

/* ---- order ---- */

static const char *key_of(const struct record *record)
{
    return (const char *)(record + 1);
}

static uint64_t beginning(const char *key, size_t length)
{
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof value; i++)
        value = value << 8 | (i < length ? (unsigned char)key[i] : 0);
    return value;
}

static int compare_records(const struct record *a, const struct record *b)
{
    int order = strcmp(key_of(a), key_of(b));
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int compare_refs(const void *a, const void *b, void *chunk)
{
    const struct ref *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return compare_records(
        (const struct record *)(const void *)((char *)chunk + x->offset),
        (const struct record *)(const void *)((char *)chunk + y->offset));
}

static void sort_chunk(struct import_spool *spool)
{
    if (spool->ref_count)
        qsort_r(spool->refs, spool->ref_count, sizeof *spool->refs,
                compare_refs, spool->chunk);
}

/* ---- the file ---- */

/* Opens the spool's file. It holds people's addresses: nobody else can open it,
 * and it is gone with the process. */
static bool open_file(struct import_spool *spool, struct err *err)
{
    OWNED(mem_free)
    char *path = file_join(spool->folder, ".digest-import-XXXXXX");
    spool->fd = mkstemp(path);
    if (spool->fd < 0)
        return file_fail(err, path, "make a file for the import");
    unlink(path);
    return true;
}

static bool write_all(struct import_spool *spool, const char *bytes,
                      size_t length, struct err *err)
{
    while (length) {
        ssize_t put = write(spool->fd, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return file_fail(err, spool->folder, "write the import's file in");
        bytes += put;
        length -= (size_t)put;
        spool->written += put;
    }
    return true;
}

static bool write_run(struct import_spool *spool, struct err *err)
{
    OWNED(mem_free) char *out = MEM_NEW_ARRAY(char, READ_SIZE);
    size_t filled = 0;
    struct run run = {.at = spool->written};
    if (spool->fd < 0 && !open_file(spool, err))
        return false;
    sort_chunk(spool);
    for (size_t i = 0; i < spool->ref_count; i++) {
        const char *at = spool->chunk + spool->refs[i].offset;
        size_t size = ((const struct record *)(const void *)at)->size;
        if (filled + size > READ_SIZE) {
            if (!write_all(spool, out, filled, err))
                return false;
            filled = 0;
        }
        memcpy(out + filled, at, size);
        filled += size;
    }
    if (!write_all(spool, out, filled, err))
        return false;
    run.end = spool->written;
    MEM_PUSH(spool->runs, spool->run_count, spool->run_capacity, run);
    spool->used = spool->ref_count = 0;
    return true;
}

/* ---- adding ---- */

bool import_spool_add(struct import_spool *spool, const struct import_row *row,
                      struct err *err)
{
    const char *texts[TEXT_COUNT] = {
        row->key,      row->email,      row->name,   row->language,
        row->timezone, row->categories, row->client, row->note};
    size_t lengths[TEXT_COUNT], size = sizeof(struct record);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        lengths[i] = strlen(texts[i]);
        size += lengths[i] + 1;
    }
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (size > READ_SIZE)
        return err_set(err, ERR_INPUT, "the row is longer than %d bytes",
                       READ_SIZE);
    if (spool->used + size > CHUNK && !write_run(spool, err))
        return false;
    struct record *record =
        (struct record *)(void *)(spool->chunk + spool->used);
    *record = (struct record){
        (uint32_t)size, row->line,  row->newsletter_id,  row->since,
        row->created,   row->state, (uint32_t)lengths[0]};
    char *to = (char *)(record + 1);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        memcpy(to, texts[i], lengths[i] + 1);
        to += lengths[i] + 1;
    }
    struct ref ref = {beginning(row->key, lengths[0]), spool->used};
    MEM_PUSH(spool->refs, spool->ref_count, spool->ref_capacity, ref);
    spool->used += size;
    return true;
}

/* ---- giving back ---- */

static void read_record(const struct record *record, struct import_row *row)
{
    const char *texts[TEXT_COUNT];
    const char *at = key_of(record);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        texts[i] = at;
        at += strlen(at) + 1;
    }
    *row = (struct import_row){
        .key = texts[0],
        .email = texts[1],
        .name = texts[2],
        .language = texts[3],
        .timezone = texts[4],
        .categories = texts[5],
        .client = texts[6],
        .note = texts[7],
        .newsletter_id = record->newsletter_id,
        .since = record->since,
        .created = record->created,
        .line = record->line,
        .state = record->state,
    };
}

/* The run's first record, read where it isn't yet; NULL at its end. */
static bool head(struct import_spool *spool, struct run *run,
                 const struct record **out, struct err *err)
{
    const struct record *record =
        (const struct record *)(const void *)(run->buffer + run->from);
    size_t held = run->until - run->from;
    *out = NULL;
    if (held >= sizeof *record && held >= record->size) {
        *out = record;
        return true;
    }
    if (run->at == run->end && held == 0)
        return true;
    memmove(run->buffer, run->buffer + run->from, held);
    run->from = 0;
    run->until = held;
    while (run->at < run->end && run->until < READ_SIZE) {
        size_t want = READ_SIZE - run->until;
        if ((off_t)want > run->end - run->at)
            want = (size_t)(run->end - run->at);
        ssize_t got = pread(spool->fd, run->buffer + run->until, want, run->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return file_fail(err, spool->folder, "read the import's file in");
        run->until += (size_t)got;
        run->at += got;
    }
    *out = (const struct record *)(const void *)run->buffer;
    return true;
}

static bool begin_giving(struct import_spool *spool, struct err *err)
{
    spool->sorted = true;
    if (spool->run_count == 0) {
        sort_chunk(spool);
        return true;
    }
    if (spool->ref_count && !write_run(spool, err))
        return false;
    free(TAKE(spool->chunk));
    free(TAKE(spool->refs));
    spool->ref_count = 0;
    for (size_t i = 0; i < spool->run_count; i++)
        spool->runs[i].buffer = MEM_NEW_ARRAY(char, READ_SIZE);
    return true;
}

static bool first_of_runs(struct import_spool *spool, struct run **out,
                          const struct record **first, struct err *err)
{
    *out = NULL;
    *first = NULL;
    for (size_t i = 0; i < spool->run_count; i++) {
        const struct record *record;
        if (!head(spool, &spool->runs[i], &record, err))
            return false;
        if (record && (!*first || compare_records(record, *first) < 0)) {
            *out = &spool->runs[i];
            *first = record;
        }
    }
    return true;
}

/* Passes the record that was given last, which is used no more. */
static void pass_given(struct import_spool *spool)
{
    struct run *run = TAKE(spool->given);
    if (run)
        run->from += ((struct record *)(void *)(run->buffer + run->from))->size;
}

static bool look(struct import_spool *spool, const struct record **out,
                 struct run **run, struct err *err)
{
    *run = NULL;
    *out = NULL;
    if (!spool->sorted && !begin_giving(spool, err))
        return false;
    if (spool->run_count) {
        pass_given(spool);
        return first_of_runs(spool, run, out, err);
    }
    if (spool->ref_next < spool->ref_count)
        *out =
            (const struct record *)(const void *)(spool->chunk +
                                                  spool->refs[spool->ref_next]
                                                      .offset);
    return true;
}

bool import_spool_next(struct import_spool *spool, struct import_row *row,
                       bool *more, struct err *err)
{
    const struct record *record;
    struct run *run;
    if (!look(spool, &record, &run, err))
        return false;
    *more = record != NULL;
    if (!record)
        return true;
    read_record(record, row);
    spool->given = run;
    spool->ref_next++;
    return true;
}

bool import_spool_peek(struct import_spool *spool, struct str *key,
                       struct err *err)
{
    const struct record *record;
    struct run *run;
    if (!look(spool, &record, &run, err))
        return false;
    *key = record ? (struct str){key_of(record), record->key_length} : STR("");
    return true;
}
