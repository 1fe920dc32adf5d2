/* Keeps the lists that editors uploaded, for a while. */
#include "digest/web/desk/uploads.h"

#include <stdio.h>
#include <sys/mman.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

enum { KEPT = 30, KEPT_EACH = 3, KEPT_S = 86400 };

struct uploads {
    struct upload *items[KEPT]; /* the oldest first */
    size_t count;
    int64_t newest;
};

struct uploads *uploads_new(void)
{
    return MEM_NEW(struct uploads);
}

void upload_drop_text(struct upload *upload)
{
    if (upload->text.len)
        munmap((void *)upload->text.ptr, upload->text.len);
    upload->text = STR("");
}

static void upload_free(struct upload *upload)
{
    upload_drop_text(upload);
    list_report_free(upload->report);
    free(upload->who);
    free(upload->name);
    free(upload->slug);
    free(upload->fields);
    free(upload);
}

void uploads_free(struct uploads *uploads)
{
    if (!uploads)
        return;
    for (size_t i = 0; i < uploads->count; i++)
        upload_free(uploads->items[i]);
    free(uploads);
}

static void drop(struct uploads *uploads, size_t at)
{
    upload_free(uploads->items[at]);
    uploads->count--;
    for (; at < uploads->count; at++)
        uploads->items[at] = uploads->items[at + 1];
}

void uploads_drop(struct uploads *uploads, struct upload *upload)
{
    for (size_t i = 0; i < uploads->count; i++)
        if (uploads->items[i] == upload) {
            drop(uploads, i);
            return;
        }
}

/* Drops old uploads, and one from the future, which is of a clock that was
 * ahead. */
static void drop_old(struct uploads *uploads, int64_t now)
{
    for (size_t i = uploads->count; i > 0; i--) {
        const struct upload *one = uploads->items[i - 1];
        bool is_old = now - one->at > KEPT_S || one->at - now > KEPT_S;
        if (is_old && !atomic_load(&one->is_busy))
            drop(uploads, i - 1);
    }
}

/* The oldest that nobody is at work on, of one editor or (NULL) of all. */
static bool drop_oldest(struct uploads *uploads, const char *who)
{
    for (size_t i = 0; i < uploads->count; i++) {
        const struct upload *one = uploads->items[i];
        if ((!who || strcmp(one->who, who) == 0) &&
            !atomic_load(&one->is_busy)) {
            drop(uploads, i);
            return true;
        }
    }
    return false;
}

static bool make_room(struct uploads *uploads, const char *who, struct err *err)
{
    size_t theirs = 0;
    for (size_t i = 0; i < uploads->count; i++)
        theirs += strcmp(uploads->items[i]->who, who) == 0;
    bool good = theirs < KEPT_EACH || drop_oldest(uploads, who);
    if (good && uploads->count == KEPT)
        good = drop_oldest(uploads, NULL);
    return good || err_set(err, ERR_TEMPORARY,
                           "too many files are being imported; try again when "
                           "one is done");
}

static bool fail_file(struct err *err)
{
    return file_fail(err, "the file", "keep it");
}

/* Written and mapped in place of held: it waits for somebody's choices. */
static bool keep_text(struct upload *upload, struct str text, struct err *err)
{
    FILE *file = tmpfile();
    if (!file)
        return fail_file(err);
    bool good =
        fwrite(text.ptr, 1, text.len, file) == text.len && fflush(file) == 0;
    void *at =
        good ? mmap(NULL, text.len, PROT_READ, MAP_PRIVATE, fileno(file), 0)
             : MAP_FAILED;
    good = at != MAP_FAILED || fail_file(err);
    fclose(file);
    if (good)
        upload->text = (struct str){at, text.len};
    return good;
}

bool uploads_add(struct uploads *uploads, const char *who, const char *name,
                 struct str text, int64_t now, struct upload **out,
                 struct err *err)
{
    drop_old(uploads, now);
    if (!make_room(uploads, who, err))
        return false;
    struct upload *upload = MEM_NEW(struct upload);
    upload->text = STR("");
    if (!keep_text(upload, text, err)) {
        free(upload);
        return false;
    }
    upload->id = ++uploads->newest;
    upload->who = mem_copy(who);
    upload->name = mem_copy(name);
    upload->slug = mem_copy("");
    upload->at = now;
    uploads->items[uploads->count++] = upload;
    *out = upload;
    return true;
}

bool uploads_get(struct uploads *uploads, int64_t id, const char *who,
                 int64_t now, struct upload **out, struct err *err)
{
    drop_old(uploads, now);
    for (size_t i = 0; i < uploads->count; i++) {
        *out = uploads->items[i];
        if ((*out)->id == id && strcmp((*out)->who, who) == 0)
            return true;
    }
    return err_set(err, ERR_NOT_FOUND,
                   "this file isn't here any more; upload it again");
}
